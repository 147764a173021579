import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { UnitOfWork } from '../database/unit-of-work.js';
import { addReadGauge, addTold } from './read-gauge.js';

/** Series about the connections of this process to the database. */
@Injectable()
export class DatabaseMetrics {
  private readonly waits = new Histogram({
    name: 'whisper_database_wait_seconds',
    help: 'How long units of work waited for a connection',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2],
  });

  private readonly errors = new Counter({
    name: 'whisper_database_errors_total',
    help: 'Units of work that failed because the database was away or gave no connection',
  });

  constructor({ gate }: UnitOfWork, orm: MikroORM) {
    gate.watch({
      entered: (seconds) => {
        this.waits.observe(seconds);
      },
      lost: () => {
        this.errors.inc();
      },
    });
    addReadGauge(
      {
        name: 'whisper_database_connections',
        help: 'Connections to the database: in_use by units of work, idle ones that are open',
        labelNames: ['state'],
      },
      async () => {
        // Before the other gauges of this scrape take theirs.
        const { inside } = gate;
        const { idleCount } = await orm.em.getConnection().getNativeClient();
        return (gauge) => {
          gauge.set({ state: 'in_use' }, inside);
          gauge.set({ state: 'idle' }, idleCount);
        };
      },
    );
    addTold(
      'whisper_database_connections_max',
      'Most connections that this process opens',
      () => gate.places,
    );
    addTold('whisper_database_waiting', 'Units of work that wait for a connection', () => gate.queued);
  }
}

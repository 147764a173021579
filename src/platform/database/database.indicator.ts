import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { probeHealth } from '../health/probe-health.js';

@Injectable()
export class DatabaseIndicator {
  constructor(
    private readonly orm: MikroORM,
    private readonly health: HealthIndicatorService,
  ) {}

  /** Asks the server something; that the pool holds connections proves nothing. */
  check(): Promise<HealthIndicatorResult> {
    return probeHealth(this.health.check('database'), async () => {
      await this.orm.em.getConnection().execute('select 1');
    });
  }

  /** Of the server, as it names it; null when it names none. */
  async readVersion(): Promise<string | null> {
    const rows = await this.orm.em
      .getConnection()
      .execute<{ server_version: string }[]>('show server_version');
    return rows[0]?.server_version ?? null;
  }
}

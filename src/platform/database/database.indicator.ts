import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { HealthProbe } from '../health/health-probe.js';

@Injectable()
export class DatabaseIndicator {
  private readonly probe: HealthProbe;

  constructor(
    private readonly orm: MikroORM,
    health: HealthIndicatorService,
  ) {
    // Asks the server something; that the pool holds connections proves nothing.
    this.probe = new HealthProbe('database', health, async () => {
      await this.orm.em.getConnection().execute('select 1');
    });
  }

  check(): Promise<HealthIndicatorResult> {
    return this.probe.check();
  }

  /** Of the server, as it names it; null when it names none. */
  async readVersion(): Promise<string | null> {
    const rows = await this.orm.em
      .getConnection()
      .execute<{ server_version: string }[]>('show server_version');
    return rows[0]?.server_version ?? null;
  }
}

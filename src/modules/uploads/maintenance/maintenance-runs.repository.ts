import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { MaintenanceRun } from './maintenance-run.entity.js';

/** Goes by the clock of the database, which all processes share. */
@Injectable()
export class MaintenanceRunsRepository {
  constructor(private readonly em: EntityManager) {}

  /** @returns true to one of all that ask, and to nobody else for a day */
  async beginDaily(task: string): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `insert into maintenance_runs (task, begun_at) values (?, now())
       on conflict (task) do update set begun_at = now() where maintenance_runs.begun_at <= now() - interval '1 day'
       returning task`,
      [task],
    );
    return rows.length === 1;
  }

  /** For a run that came to nothing: somebody else may try at once. */
  async giveUp(task: string): Promise<void> {
    await this.em.nativeDelete(MaintenanceRun, { task });
  }
}

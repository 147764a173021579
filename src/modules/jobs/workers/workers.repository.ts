import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Worker } from './worker.entity.js';
import type { WantedState, WorkerReport, WorkerView } from './worker.view.js';

/** Without a beat for so long a worker counts as gone, … */
const GONE_SECONDS = 15;
/** … and after that it is forgotten. */
const FORGET_SECONDS = 3600;

type Row = Omit<WorkerView, 'memoryBytes' | 'startedAt' | 'seenAt'> & {
  readonly memoryBytes: string | null;
  readonly startedAt: string;
  readonly seenAt: string;
};

/** Times are those of the database, so that it does not matter what a worker takes for the time. */
@Injectable()
export class WorkersRepository {
  constructor(private readonly em: EntityManager) {}

  /** @returns what is wanted of the worker */
  async beat(report: WorkerReport): Promise<WantedState> {
    const { id, name, version, driver, concurrency, state, model, memoryBytes } = report;
    const [row] = await this.em.execute<{ wanted_state: WantedState }[]>(
      `insert into workers (id, name, version, driver, concurrency, state, model, memory_bytes) values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (id) do update set seen_at = now(), state = excluded.state, model = excluded.model, memory_bytes = excluded.memory_bytes
       returning wanted_state`,
      [id, name, version, driver, concurrency, state, model, memoryBytes],
    );
    return row?.wanted_state ?? 'active';
  }

  async list(): Promise<WorkerView[]> {
    const rows = await this.em.execute<Row[]>(
      `select id, name, version, driver, concurrency, wanted_state as wanted, model, memory_bytes as "memoryBytes",
         started_at as "startedAt", seen_at as "seenAt",
         case when seen_at < now() - make_interval(secs => ?) then 'gone' else state end as state,
         array(select jobs.id from jobs where status = 'processing' and worker_id = workers.id order by jobs.id) as "jobIds"
       from workers order by started_at, id`,
      [GONE_SECONDS],
    );
    return rows.map((row) => ({
      ...row,
      memoryBytes: row.memoryBytes === null ? null : Number(row.memoryBytes),
      startedAt: new Date(row.startedAt),
      seenAt: new Date(row.seenAt),
    }));
  }

  /** @returns whether there is such a worker */
  async want(id: string, wantedState: WantedState): Promise<boolean> {
    return (await this.em.nativeUpdate(Worker, { id }, { wantedState })) === 1;
  }

  async delete(id: string): Promise<void> {
    await this.em.nativeDelete(Worker, { id });
  }

  async forgetGone(): Promise<void> {
    await this.em.execute(`delete from workers where seen_at < now() - make_interval(secs => ?)`, [
      FORGET_SECONDS,
    ]);
  }
}

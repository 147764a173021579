import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { JobStatus } from '../job.machine.js';
import { JOB_PRIORITIES, priorityOf } from '../job-priority.view.js';
import type { CountByStatus, CurrentJob, QueueDepth, Throughput } from './queue-figures.view.js';

const MOST_CURRENT = 1000;

@Injectable()
export class QueueFiguresRepository {
  constructor(private readonly em: EntityManager) {}

  async readDepth(): Promise<QueueDepth> {
    const rows = await this.em.execute<{ priority: number; count: string; seconds: number }[]>(
      `select priority, count(*) as count,
         extract(epoch from now() - min(greatest(available_at, updated_at)))::float8 as seconds
       from jobs where status = 'queued' group by priority`,
    );
    const counts = new Map(rows.map(({ priority, count }) => [priorityOf(priority), Number(count)]));
    return {
      byPriority: new Map(JOB_PRIORITIES.map((priority) => [priority, counts.get(priority) ?? 0])),
      oldestSeconds: Math.max(0, ...rows.map(({ seconds }) => seconds)),
    };
  }

  async countByStatus(): Promise<CountByStatus> {
    const rows = await this.em.execute<{ status: JobStatus; count: string }[]>(
      'select status, count(*) as count from jobs group by status',
    );
    return new Map(rows.map(({ status, count }) => [status, Number(count)]));
  }

  async countFailedByCode(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.em.execute<{ code: string; count: string }[]>(
      `select coalesce(error_code, 'unknown') as code, count(*) as count from jobs where status = 'failed' group by 1`,
    );
    return new Map(rows.map(({ code, count }) => [code, Number(count)]));
  }

  async readThroughput(): Promise<Throughput> {
    const [row] = await this.em.execute<
      { completed: string; failed: string; audio: number | null; work: number | null }[]
    >(
      `select count(*) filter (where status = 'completed') as completed, count(*) filter (where status = 'failed') as failed,
         sum(duration_seconds) filter (where status = 'completed')::float8 as audio,
         sum(extract(epoch from finished_at - started_at)) filter (where status = 'completed')::float8 as work
       from jobs where finished_at > now() - interval '1 hour'`,
    );
    return {
      completed: Number(row?.completed ?? 0),
      failed: Number(row?.failed ?? 0),
      audioSeconds: row?.audio ?? 0,
      workSeconds: row?.work ?? 0,
    };
  }

  async listCurrent(): Promise<CurrentJob[]> {
    return this.em.execute<CurrentJob[]>(
      `select id as "jobId", worker_id as "workerId", stage, processed_seconds as "processedSeconds",
         duration_seconds as "durationSeconds", speed
       from jobs where status = 'processing' order by started_at, id limit ?`,
      [MOST_CURRENT],
    );
  }
}

import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { JOB_STATUSES, type JobStatus } from '../job.machine.js';
import { JOB_PRIORITIES, rankOf } from '../job-priority.view.js';
import type { CurrentJob, JobCounts, Throughput } from './queue-figures.view.js';

const MOST_CURRENT = 1000;
const AN_HOUR_AGO = `now() - interval '1 hour'`;

interface CountRow {
  readonly status: JobStatus;
  /** Of those that wait. */
  readonly priority: number | null;
  /** Of those that failed. */
  readonly code: string | null;
  readonly count: number;
  /** Since when the oldest of those that wait could be taken. */
  readonly seconds: number | null;
}

@Injectable()
export class QueueFiguresRepository {
  constructor(private readonly em: EntityManager) {}

  async readCounts(): Promise<JobCounts> {
    const rows = await this.em.execute<CountRow[]>(
      `select status, case when status = 'queued' then priority end as priority,
         case when status = 'failed' then coalesce(error_code, 'unknown') end as code, count(*)::int as count,
         extract(epoch from now() - min(greatest(available_at, updated_at)) filter (where status = 'queued'))::float8 as seconds
       from jobs group by 1, 2, 3`,
    );
    const sum = (which: (row: CountRow) => boolean): number =>
      rows.filter(which).reduce((total, { count }) => total + count, 0);
    const codes = new Set(rows.flatMap(({ code }) => code ?? []));
    return {
      byStatus: new Map(JOB_STATUSES.map((status) => [status, sum((row) => row.status === status)])),
      queuedByPriority: new Map(
        JOB_PRIORITIES.map((priority) => [priority, sum((row) => row.priority === rankOf(priority))]),
      ),
      failedByCode: new Map([...codes].map((code) => [code, sum((row) => row.code === code)])),
      oldestSeconds: Math.max(0, ...rows.map(({ seconds }) => seconds ?? 0)),
    };
  }

  async readThroughput(): Promise<Throughput> {
    const [row] = await this.em.execute<
      { completed: string; failed: string; audio: number | null; work: number | null }[]
    >(
      `select count(*) filter (where status = 'completed') as completed, count(*) filter (where status = 'failed') as failed,
         sum(audio_seconds) filter (where status = 'completed') as audio,
         sum(work_seconds) filter (where status = 'completed') as work
       from ended_jobs where finished_at > ${AN_HOUR_AGO}`,
    );
    return {
      completed: Number(row?.completed ?? 0),
      failed: Number(row?.failed ?? 0),
      audioSeconds: row?.audio ?? 0,
      workSeconds: row?.work ?? 0,
    };
  }

  /** What counts no more. */
  async forgetOld(): Promise<void> {
    await this.em.execute(`delete from ended_jobs where finished_at <= ${AN_HOUR_AGO}`);
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

import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../platform/database/advisory-lock.js';

/** Days go by the clock of the database, which all processes share, and begin at midnight UTC. */
const TODAY = `(now() at time zone 'utc')::date`;
const SLOTS = 16;
/** No two transactions that run at the same time have the same process of the database. */
const OWN_SLOT = `pg_backend_pid() % ${SLOTS}`;
const ADD_TO_DAY = `on conflict (owner_id, day, slot) do update set audio_seconds = usage_days.audio_seconds + excluded.audio_seconds`;

/** Counts the audio of jobs, as far as it is known, that are written by the named part of a statement, of which it is another part. */
export function countAudioOf(created: string): string {
  return `insert into usage_days (owner_id, day, slot, audio_seconds)
    select owner_id, ${TODAY}, ${OWN_SLOT}, duration_seconds from ${created} where duration_seconds > 0 ${ADD_TO_DAY}`;
}

export interface Usage {
  readonly activeJobs: number;
  readonly audioSecondsToday: number;
  /** When the next day begins, also in whole seconds from now. */
  readonly resetsAt: Date;
  readonly secondsToReset: number;
}

@Injectable()
export class UsageRepository {
  constructor(private readonly em: EntityManager) {}

  async find(ownerId: string): Promise<Usage> {
    const [row] = await this.em.execute<
      { jobs: string; seconds: number; resetsAt: string; secondsToReset: number }[]
    >(
      `select (select count(*) from jobs where owner_id = ? and status in ('queued', 'processing')) as jobs,
         coalesce((select sum(audio_seconds) from usage_days where owner_id = ? and day = ${TODAY}), 0) as seconds,
         (${TODAY} + 1)::timestamp at time zone 'utc' as "resetsAt",
         ceil(extract(epoch from ${TODAY} + 1 - (now() at time zone 'utc')))::int as "secondsToReset"`,
      [ownerId, ownerId],
    );
    if (row === undefined) throw new Error('A select of values has no row');
    const { jobs, seconds, resetsAt, secondsToReset } = row;
    return {
      activeJobs: Number(jobs),
      audioSecondsToday: seconds,
      resetsAt: new Date(resetsAt),
      secondsToReset,
    };
  }

  /** Nobody else admits jobs of this user until the transaction ends. */
  async lock(ownerId: string): Promise<void> {
    await lockUntilCommit(this.em, 'usage', ownerId);
  }

  /** To the account of whoever the job belongs to. */
  async addForJob(jobId: string, seconds: number): Promise<void> {
    await this.em.execute(
      `insert into usage_days (owner_id, day, slot, audio_seconds)
         select owner_id, ${TODAY}, ${OWN_SLOT}, ? from jobs where id = ?
       ${ADD_TO_DAY}`,
      [seconds, jobId],
    );
  }
}

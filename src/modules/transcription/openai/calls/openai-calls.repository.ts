import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../../platform/database/advisory-lock.js';

/** What repeated calls are recognised by. */
export interface CallKey {
  readonly keyHash: string;
  readonly fingerprint: string;
}

/** Of a call that waits without a sign of life. */
const LEASE_SECONDS = 60;
/** In which a client whose connection broke comes back before its job is given up. */
export const GRACE_SECONDS = 5;
/** For which the jobs of a user go on after the last sign that a repeated call of theirs, which may be for any of them, is on its way. */
const ARRIVAL_SECONDS = 30;
/** For which a job that nobody waits for any more is there for repeated calls. */
const KEPT_SECONDS = 300;
const GIVEN_UP_AT_ONCE = 100;

const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;
const GRACE = `now() + interval '${GRACE_SECONDS} seconds'`;
const ARRIVAL = `now() + interval '${ARRIVAL_SECONDS} seconds'`;
const KEPT = `interval '${KEPT_SECONDS} seconds'`;

/** Times compare with the clock of the database only, which all processes share. */
@Injectable()
export class OpenAiCallsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Keeps others from creating a job for the same call until the transaction ends. */
  async lockKey(keyHash: string): Promise<void> {
    await lockUntilCommit(this.em, 'openai-call', keyHash);
  }

  async insert(jobId: string, ownerId: string, { keyHash, fingerprint }: CallKey): Promise<void> {
    await this.em.execute(
      `insert into openai_calls (job_id, owner_id, key_hash, fingerprint, waiters, awaited_until)
       values (?, ?, ?, ?, 1, ${LEASE})`,
      [jobId, ownerId, keyHash, fingerprint],
    );
  }

  /** Waits for the newest job of this key that repeated calls may still have; null when there is none. */
  async join(keyHash: string): Promise<{ jobId: string; fingerprint: string } | null> {
    const [row] = await this.em.execute<{ job_id: string; fingerprint: string }[]>(
      `update openai_calls set waiters = waiters + 1, awaited_until = ${LEASE} where job_id = (
         select call.job_id from openai_calls as call join jobs on jobs.id = call.job_id
         where call.key_hash = ? and call.awaited_until > now() - ${KEPT} and jobs.status <> 'cancelled'
         order by call.job_id desc limit 1)
       returning job_id, fingerprint`,
      [keyHash],
    );
    if (row === undefined) return null;
    // It may have been given up while its row was waited for.
    const alive = await this.em.execute<unknown[]>(
      `select id from jobs where id = ? and status <> 'cancelled'`,
      [row.job_id],
    );
    return alive.length === 0 ? null : { jobId: row.job_id, fingerprint: row.fingerprint };
  }

  async prolong(jobId: string): Promise<void> {
    await this.em.execute(`update openai_calls set awaited_until = ${LEASE} where job_id = ?`, [jobId]);
  }

  /** Keeps all calls of a user that were not given up yet from being so. */
  async expectRepeat(ownerId: string): Promise<void> {
    await this.em.execute(
      `update openai_calls set awaited_until = ${ARRIVAL}
       where owner_id = ? and awaited_until between now() and ${ARRIVAL}`,
      [ownerId],
    );
  }

  /** The last one who leaves starts the time after which the job is given up. */
  async leave(jobId: string): Promise<void> {
    await this.em.execute(
      `update openai_calls set waiters = greatest(0, waiters - 1),
         awaited_until = case when waiters <= 1 then ${GRACE} else awaited_until end
       where job_id = ?`,
      [jobId],
    );
  }

  /** Jobs that nobody waits for although they go on. */
  listAbandoned(): Promise<{ jobId: string; ownerId: string }[]> {
    return this.em.execute(
      `select call.job_id as "jobId", call.owner_id as "ownerId" from openai_calls as call
       join jobs on jobs.id = call.job_id and jobs.status in ('queued', 'processing')
       where call.awaited_until < now() limit ${GIVEN_UP_AT_ONCE}`,
    );
  }

  /** Whether nobody waits for it now, nor can begin to until the transaction ends. */
  async lockAbandoned(jobId: string): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      'select job_id from openai_calls where job_id = ? and awaited_until < now() for update',
      [jobId],
    );
    return rows.length === 1;
  }

  /** Jobs that have ended and that no repeated call gets any more. */
  listForgotten(): Promise<{ jobId: string; ownerId: string }[]> {
    return this.em.execute(
      `select call.job_id as "jobId", call.owner_id as "ownerId" from openai_calls as call
       join jobs on jobs.id = call.job_id and jobs.status not in ('queued', 'processing')
       where call.awaited_until < now() - ${KEPT} limit ${GIVEN_UP_AT_ONCE}`,
    );
  }

  async delete(jobId: string): Promise<void> {
    await this.em.execute('delete from openai_calls where job_id = ?', [jobId]);
  }
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import type { ClaimsService } from '../../src/modules/jobs/claims.service.js';
import type { JobClaim, JobProgress } from '../../src/modules/jobs/job.view.js';
import type { JobsService } from '../../src/modules/jobs/jobs.service.js';
import type { UsageService } from '../../src/modules/jobs/usage/usage.service.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { EmbeddedJobQueue } from '../../src/modules/jobs/adapters/embedded.job-queue.js';
import { waitFor } from '../support/wait-for.js';
import { DATABASES } from '../support/databases.js';
import { FIRST_PAGE, JobsOnDatabase, openJobsRoom, type JobsRoom } from '../support/jobs-room.js';

/** Longer than any test: a worker that polls so rarely moves only when it is woken. */
const NEVER_MS = 600_000;

describe.each(DATABASES)('claims on jobs in %s', (_name, open) => {
  let site: JobsOnDatabase;
  let claims: ClaimsService;
  let room: JobsRoom;
  let jobs: JobsService;
  let usage: UsageService;

  beforeAll(async () => {
    site = await JobsOnDatabase.open(await open(), { JOB_MAX_ATTEMPTS: '2' });
    ({ room } = site);
    ({ claims, jobs, usage } = room);
  }, 60_000);

  afterAll(() => site.close());

  beforeEach(() => site.startOver());

  const addJob = (): Promise<string> => site.addJob();
  const addJobs = (count: number): Promise<string[]> => site.addJobs(count);
  const claim = (): Promise<JobClaim> => site.claim();

  function at(processedSeconds: number): JobProgress {
    return { stage: 'transcribing', processedSeconds, speed: null };
  }

  async function positionOf(id: string): Promise<number | null> {
    return jobs.getQueuePosition(await jobs.get(LOCAL_PRINCIPAL, id));
  }

  /** Of jobs, by the connection of the transaction that is open. */
  async function countUpdates(): Promise<{ all: number; withoutIndexes: number }> {
    const [row] = await site.orm.em.execute<{ all: number; withoutIndexes: number }[]>(
      `select n_tup_upd::int as all, n_tup_hot_upd::int as "withoutIndexes" from pg_stat_xact_user_tables where relname = 'jobs'`,
    );
    return row!;
  }

  it('take the oldest job first', async () => {
    const ids = await addJobs(5);

    for (const id of ids) expect((await claim()).job.id).toBe(id);
  });

  it('hand out the job as it stands in its row', async () => {
    const id = await addJob();

    expect((await claim()).job).toEqual(await jobs.get(LOCAL_PRINCIPAL, id));
  });

  it('are prolonged without touching an index, how often that is', async () => {
    await addJob();
    const held = await claim();
    const [before, after] = await site.unitOfWork.run(async () => {
      const begin = await countUpdates();
      for (let i = 1; i <= 3; i += 1) await claims.heartbeat(held, at(i));
      return [begin, await countUpdates()];
    });

    expect(after.all - before.all).toBe(3);
    expect(after.withoutIndexes - before.withoutIndexes).toBe(3);
  });

  it('give each job to one of many workers, under a lease of its own, in one process or several', async () => {
    const ids = await addJobs(20);
    const other = openJobsRoom(site.orm, site.unitOfWork);
    const taken = await Promise.all(
      Array.from({ length: 2 * ids.length }, (_, i) => (i % 2 === 0 ? claims : other.claims).claimNext()),
    );
    const held = taken.filter((claimed) => claimed !== null);

    expect(held.map(({ job }) => job.id).toSorted()).toEqual(ids);
    expect(new Set(held.map(({ leaseToken }) => leaseToken)).size).toBe(ids.length);
    expect(await claims.claimNext()).toBeNull();
  });

  it('give those who ask at the same time the jobs in the order of the queue', async () => {
    const ids = await addJobs(5);
    const taken = await Promise.all(ids.map(() => claim()));

    expect(taken.map(({ job }) => job.id)).toEqual(ids);
  });

  it('do not see a job whose transaction was rolled back', async () => {
    const broken = site.unitOfWork.run(async () => {
      await addJob();
      throw new Error('the request failed');
    });

    await expect(broken).rejects.toThrow('the request failed');
    expect((await room.lists.list(LOCAL_PRINCIPAL, FIRST_PAGE)).total).toBe(0);
  });

  it('put on account of its owner what a recording has more of than it said', async () => {
    const minutesToday = async (): Promise<number> =>
      (await usage.get(LOCAL_PRINCIPAL)).audioSecondsToday / 60;
    const before = await minutesToday();
    await addJob();
    expect((await minutesToday()) - before).toBeCloseTo(1);

    const nothing = (): Promise<void> => Promise.resolve();
    const first = await claim();
    expect(
      await claims.complete(
        { ...first, leaseToken: new UuidV7Generator().next() },
        { durationSeconds: 600, language: 'en' },
        nothing,
      ),
    ).toBe(false);
    expect(await claims.complete(first, { durationSeconds: 90, language: 'en' }, nothing)).toBe(true);
    expect((await minutesToday()) - before).toBeCloseTo(1.5);
    await addJob();
    expect(await claims.complete(await claim(), { durationSeconds: 30, language: 'en' }, nothing)).toBe(true);
    expect((await minutesToday()) - before).toBeCloseTo(2.5);
  });

  it('tell a waiting job its place in the queue', async () => {
    const first = await addJob();
    const second = await addJob();
    expect([await positionOf(first), await positionOf(second)]).toEqual([1, 2]);

    await claim();
    expect([await positionOf(first), await positionOf(second)]).toEqual([null, 1]);
  });

  it('write progress only for the one who holds the job', async () => {
    const id = await addJob();
    const held = await claim();

    expect(await claims.heartbeat(held, at(12.5))).toBe(true);
    expect(await claims.heartbeat({ ...held, leaseToken: new UuidV7Generator().next() }, at(40))).toBe(false);
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).processedSeconds).toBe(12.5);
  });

  it('tell when the job last moved on, whatever beats come in between', async () => {
    const id = await addJob();
    const held = await claim();
    await claims.heartbeat(held, at(12.5));
    const moved = await jobs.get(LOCAL_PRINCIPAL, id);
    await claims.heartbeat(held, at(12.5));
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).updatedAt).toEqual(moved.updatedAt);

    await claims.heartbeat(held, at(13));
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).updatedAt).not.toEqual(moved.updatedAt);
  });

  it('write nothing at all for a worker that was given up for lost', async () => {
    const id = await addJob();
    const lost = await claim();
    await site.execute(`update jobs set lease_expires_at = now() - interval '1 second'`);
    expect(await claims.recoverLost(false)).toEqual([id]);
    let wroteAlso = false;

    const completed = await claims.complete(lost, { durationSeconds: 60, language: 'en' }, () => {
      wroteAlso = true;
      return Promise.resolve();
    });

    expect(completed).toBe(false);
    expect(wroteAlso).toBe(false);
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).status).toBe('queued');
  });

  it('leave a job alone whose lease still runs, unless nobody else can hold it', async () => {
    const id = await addJob();
    await claim();

    expect(await claims.recoverLost(false)).toEqual([]);
    expect(await claims.recoverLost(true)).toEqual([id]);
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).status).toBe('queued');
  });

  it('leave a job to its worker that prolongs the lease while the lost ones are taken up', async () => {
    const id = await addJob();
    const held = await claim();
    await site.execute(`update jobs set lease_expires_at = now() - interval '1 second'`);
    const waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%jobs%'";
    const beating = site.orm.em.fork();
    await beating.begin();
    await beating.execute(`update jobs set lease_expires_at = now() + interval '30 seconds'`);
    const recovering = claims.recoverLost(false);
    await waitFor(async () => (await site.execute<unknown[]>(waits)).length > 0);
    await beating.commit();

    expect(await recovering).toEqual([]);
    expect(await claims.heartbeat(held, at(12.5))).toBe(true);
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).status).toBe('processing');
  });

  it('end a job that loses its workers again and again', async () => {
    const id = await addJob();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await site.execute('update jobs set available_at = now()');
      await claim();
      await claims.recoverLost(true);
    }

    expect(await jobs.get(LOCAL_PRINCIPAL, id)).toMatchObject({
      status: 'failed',
      error: { code: 'worker_lost' },
      attempts: 2,
    });
    expect(await claims.claimNext()).toBeNull();
  });

  it('let a returned job rest for a moment', async () => {
    await addJob();
    await claims.retryOrFail(await claim(), { code: 'transcription_failed', detail: '' });
    expect(await claims.claimNext()).toBeNull();

    await site.execute('update jobs set available_at = now()');
    expect((await claim()).job.attempts).toBe(2);
  });

  it('do not count as lost what the worker gave back', async () => {
    const id = await addJob();
    for (let round = 1; round <= 3; round += 1) await claims.release(await claim());
    await claims.retryOrFail(await claim(), { code: 'transcription_failed', detail: '' });

    expect(await jobs.get(LOCAL_PRINCIPAL, id)).toMatchObject({ status: 'queued', attempts: 4 });
  });

  it('do not end a job whose text moves on between its losses, until it does so no more', async () => {
    const id = await addJob();
    const lose = async (moveOn: boolean): Promise<string> => {
      await site.execute('update jobs set available_at = now()');
      const held = await claim();
      if (moveOn) await claims.checkpoint(held, at(10), () => Promise.resolve());
      await claims.recoverLost(true);
      return (await jobs.get(LOCAL_PRINCIPAL, id)).status;
    };
    for (let loss = 1; loss <= 5; loss += 1) expect(await lose(true)).toBe('queued');

    expect(await lose(false)).toBe('failed');
  });

  it('ask for little memory where the engine was lost, or a worker twice, until the text moves on', async () => {
    const patient = openJobsRoom(site.orm, site.unitOfWork).claims;
    await addJob();
    const takeAgain = async (): Promise<JobClaim> => {
      await site.execute('update jobs set available_at = now()');
      return claim();
    };
    const frugal: boolean[] = [];
    for (let loss = 1; loss <= 2; loss += 1) {
      frugal.push((await takeAgain()).job.frugal);
      await patient.recoverLost(true);
    }
    const thrifty = await takeAgain();
    await patient.checkpoint(thrifty, at(20), () => Promise.resolve());
    await patient.recoverLost(true);
    const moved = await takeAgain();
    await patient.retryOrFail(moved, { code: 'transcription_failed', detail: '' }, { frugal: true });
    const last = await takeAgain();

    expect(frugal).toEqual([false, false]);
    expect([thrifty, moved, last].map(({ job }) => job.frugal)).toEqual([true, false, true]);
  });

  it('complete the job and write its result in one transaction', async () => {
    const id = await addJob();
    const held = await claim();

    await expect(
      claims.complete(held, { durationSeconds: 60, language: 'en' }, () =>
        Promise.reject(new Error('the result cannot be written')),
      ),
    ).rejects.toThrow();
    expect((await jobs.get(LOCAL_PRINCIPAL, id)).status).toBe('processing');

    expect(
      await claims.complete(held, { durationSeconds: 61.5, language: 'en' }, () => Promise.resolve()),
    ).toBe(true);
    expect(await jobs.get(LOCAL_PRINCIPAL, id)).toMatchObject({
      status: 'completed',
      durationSeconds: 61.5,
      processedSeconds: 61.5,
      error: null,
    });
  });

  it('wait for the disk with text and with the end, whatever was done without before', async () => {
    await addJob();
    const held = await claim();
    const settings: string[] = [];
    const note = async (): Promise<void> => {
      const [row] = await site.orm.em.execute<{ setting: string }[]>(
        `select current_setting('synchronous_commit') as setting`,
      );
      settings.push(row?.setting ?? '');
    };
    await claims.heartbeat(held, at(1));
    await claims.checkpoint(held, at(2), note);
    await claims.heartbeat(held, at(3));
    await claims.complete(held, { durationSeconds: 60, language: 'en' }, note);

    expect(settings).toEqual(['on', 'on']);
  });

  it('wake a worker at once when a job is announced, and stop it in order', async () => {
    const worked: string[] = [];
    let looksInVain = 0;
    const source = {
      claimNext: async (): Promise<JobClaim | null> => {
        const claimed = await claims.claimNext();
        if (claimed === null) looksInVain += 1;
        return claimed;
      },
    };
    const workers = new EmbeddedJobQueue(source, { pollIntervalMs: NEVER_MS });
    workers.consume(async (held) => {
      await claims.complete(held, { durationSeconds: 60, language: 'en' }, () => Promise.resolve());
      worked.push(held.job.id);
    }, 2);
    await waitFor(() => looksInVain === 2, { what: 'both workers to find nothing and fall asleep' });
    const id = await addJob();
    await workers.dispatch();

    await waitFor(() => worked.length === 1);
    await workers.stop();
    const late = await addJob();

    expect(worked).toEqual([id]);
    expect((await jobs.get(LOCAL_PRINCIPAL, late)).status).toBe('queued');
  });

  it('end a wait as soon as the job has ended, or when the time is up', async () => {
    const id = await addJob();
    const never = new AbortController().signal;
    expect((await jobs.waitForEnd(LOCAL_PRINCIPAL, id, 0.1, never)).status).toBe('queued');

    const waiting = jobs.waitForEnd(LOCAL_PRINCIPAL, id, 60, never);
    await claims.fail(await claim(), { code: 'corrupt_media', detail: 'It is broken.' });

    expect((await waiting).error).toEqual({ code: 'corrupt_media', detail: 'It is broken.' });
  });
});

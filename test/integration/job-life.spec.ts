import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { knownAs, type KnownActor } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import type { Principal } from '../../src/modules/auth/access/principal.view.js';
import { DEFAULT_DECODING } from '../../src/modules/jobs/decoding-options.view.js';
import type { JobPriority } from '../../src/modules/jobs/job-priority.view.js';
import type { JobClaim } from '../../src/modules/jobs/job.view.js';
import type { JobEventView } from '../../src/modules/jobs/history/job-event.view.js';
import { DATABASES } from '../support/databases.js';
import { JobsOnDatabase, NO_RESULTS, openJobsRoom, type JobsRoom } from '../support/jobs-room.js';
import { waitFor } from '../support/wait-for.js';

const anna: Principal = { ...LOCAL_PRINCIPAL, role: 'user', userId: '0190aaaa-bbbb-7ccc-8ddd-00000000000a' };
const bob: Principal = { ...LOCAL_PRINCIPAL, role: 'user', userId: '0190aaaa-bbbb-7ccc-8ddd-00000000000b' };
const nothing = (): Promise<void> => Promise.resolve();

function asActor(principal: Principal): KnownActor {
  return knownAs(principal, { address: '127.0.0.1', requestId: null });
}

describe.each(DATABASES)('the life of jobs in %s', (_name, open) => {
  let site: JobsOnDatabase;
  let room: JobsRoom;

  beforeAll(async () => {
    site = await JobsOnDatabase.open(await open(), { JOB_MAX_ATTEMPTS: '2' });
    ({ room } = site);
    room.results.register(NO_RESULTS);
    for (const { userId } of [anna, bob])
      await site.execute(
        `insert into users (id, username, role, must_change_password, created_at, updated_at) values ('${userId}', '${userId}', 'user', false, now(), now())`,
      );
  }, 60_000);

  afterAll(() => site.close());

  beforeEach(() => site.startOver(anna.userId));

  const addJob = (principal = anna, priority: JobPriority = 'normal'): Promise<string> =>
    site.addJob(principal, { priority });
  const addJobs = (count: number, principal: Principal): Promise<string[]> => site.addJobs(count, principal);
  const claim = (): Promise<JobClaim> => site.claim();
  const statusOf = (id: string): Promise<string> => site.statusOf(id, anna);

  async function claimAll(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) ids.push((await claim()).job.id);
    return ids;
  }

  async function historyOf(id: string): Promise<[string | null, string, string, number][]> {
    const events = await room.jobs.listHistory(anna, id);
    return events.map(({ from, to, reason, attempt }) => [from, to, reason, attempt]);
  }

  it('lets users take turns, however many jobs one of them has', async () => {
    const [a1, a2, a3, a4] = await addJobs(4, anna);
    expect(await claimAll(1)).toEqual([a1]);
    const [b1, b2] = await addJobs(2, bob);

    expect(await claimAll(5)).toEqual([a2, b1, a3, b2, a4]);
  });

  it('takes jobs of a higher priority first, and says so in the place in the queue', async () => {
    const low = await addJob(anna, 'low');
    const normal = await addJob(anna);
    const high = await addJob(bob, 'high');
    const place = async (principal: Principal, id: string): Promise<number | null> =>
      room.jobs.getQueuePosition(await room.jobs.get(principal, id));

    expect([await place(anna, low), await place(anna, normal), await place(bob, high)]).toEqual([3, 2, 1]);
    expect(await claimAll(3)).toEqual([high, normal, low]);
  });

  it('puts a waiting job elsewhere in the queue, but nobody before the jobs of others who may not', async () => {
    const [first, second] = await addJobs(2, anna);
    await room.orders.setPriority(asActor(anna), first!, 'low');

    await expect(room.orders.setPriority(asActor(anna), first!, 'high')).rejects.toMatchObject({
      code: 'priority_forbidden',
    });
    expect(await claimAll(1)).toEqual([second]);
    await expect(room.orders.setPriority(asActor(anna), second!, 'low')).rejects.toMatchObject({
      code: 'job_not_waiting',
    });
  });

  it('writes down what happened, and why, with each change of status', async () => {
    const id = await addJob();
    await room.claims.release(await claim());
    await room.claims.retryOrFail(await claim(), { code: 'worker_lost', detail: '' });
    await site.execute('update jobs set available_at = null');
    await room.claims.complete(await claim(), 60, nothing);

    expect(await historyOf(id)).toEqual([
      [null, 'queued', 'created', 0],
      ['queued', 'processing', 'claimed', 1],
      ['processing', 'queued', 'worker_stopping', 0],
      ['queued', 'processing', 'claimed', 1],
      ['processing', 'queued', 'worker_lost', 1],
      ['queued', 'processing', 'claimed', 2],
      ['processing', 'completed', 'completed', 2],
    ]);
    const workers = (await room.jobs.listHistory(anna, id)).map(({ workerId }) => workerId);
    expect(workers).toEqual([null, ...Array.from({ length: 6 }, () => room.worker.id)]);
  });

  it('lets a job wait for what is away without counting that as an attempt, but not for ever', async () => {
    const id = await addJob();
    const outage = { code: 'storage_unavailable', detail: 'It is away.' } as const;
    for (let outages = 1; outages < 25; outages += 1) {
      await room.claims.waitOrFail(await claim(), outage);
      expect(await room.claims.claimNext()).toBeNull();
      expect(await room.jobs.get(anna, id)).toMatchObject({ status: 'queued', attempts: 0 });
      await site.execute('update jobs set available_at = null');
    }
    await room.claims.waitOrFail(await claim(), outage);

    expect(await room.jobs.get(anna, id)).toMatchObject({ status: 'failed', error: outage });
  });

  it('cancels a job that waits, once', async () => {
    const id = await addJob();

    expect((await room.orders.cancel(asActor(anna), id)).status).toBe('cancelled');
    expect((await room.orders.cancel(asActor(anna), id)).status).toBe('cancelled');
    expect(await room.claims.claimNext()).toBeNull();
    expect(await historyOf(id)).toEqual([
      [null, 'queued', 'created', 0],
      ['queued', 'cancelled', 'cancelled', 0],
    ]);
  });

  it('takes a job that is cancelled from its worker, which can write nothing more', async () => {
    const id = await addJob();
    const held = await claim();
    await room.orders.cancel(asActor(anna), id);

    expect(await room.claims.heartbeat(held, { stage: 'transcribing', processedSeconds: 5, speed: 1 })).toBe(
      false,
    );
    expect(await room.claims.complete(held, 60, nothing)).toBe(false);
    expect(await statusOf(id)).toBe('cancelled');
  });

  it('cancels or completes, never both, when they meet', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await addJob();
      const held = await claim();
      const [completed, cancelled] = await Promise.all([
        room.claims.complete(held, 60, nothing),
        room.orders.cancel(asActor(anna), id).then(
          () => true,
          () => false,
        ),
      ]);

      expect(completed).not.toBe(cancelled);
      expect(await statusOf(id)).toBe(completed ? 'completed' : 'cancelled');
      expect(await historyOf(id)).toHaveLength(3);
    }
  });

  it('does not cancel what has ended, nor let others cancel, retry, change or delete', async () => {
    const id = await addJob();
    for (const attempt of [
      room.orders.cancel(asActor(bob), id),
      room.orders.retry(asActor(bob), id, null),
      room.orders.delete(asActor(bob), id),
      room.orders.setPriority(asActor(bob), id, 'low'),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'job_not_found' });

    await room.claims.complete(await claim(), 60, nothing);
    await expect(room.orders.cancel(asActor(anna), id)).rejects.toMatchObject({ code: 'job_not_active' });
    await expect(room.orders.retry(asActor(anna), id, null)).rejects.toMatchObject({
      code: 'job_not_retryable',
    });
  });

  it('tries a failed or cancelled job again with all attempts before it, and other options if asked', async () => {
    const id = await addJob();
    await room.claims.fail(await claim(), { code: 'corrupt_media', detail: 'Broken.' });
    await room.orders.retry(asActor(anna), id, null);
    expect(await room.jobs.get(anna, id)).toMatchObject({ status: 'queued', attempts: 0, error: null });

    await room.orders.cancel(asActor(anna), id);
    const decoding = { ...DEFAULT_DECODING, words: true, prompt: 'Names: Kilian.' };
    const options = {
      model: 'tiny',
      modelRevision: 'r2',
      language: 'de',
      track: 1,
      decoding,
      durationSeconds: 30,
    };
    await room.orders.retry(asActor(anna), id, options);
    expect((await claim()).job).toMatchObject({ id, ...options, attempts: 1 });
  });

  it('deletes a job at any time; its worker finds it gone', async () => {
    const id = await addJob();
    const held = await claim();
    await room.orders.delete(asActor(anna), id);

    expect(await room.claims.complete(held, 60, nothing)).toBe(false);
    await expect(room.jobs.get(anna, id)).rejects.toMatchObject({ code: 'job_not_found' });
    expect(await site.execute('select id from job_events')).toEqual([]);
  });

  it('tells of each event once, whoever relays, and of none that was rolled back', async () => {
    const written: JobEventView[] = [];
    const relays = [1, 2, 3].map(() => {
      const other = openJobsRoom(site.orm, site.unitOfWork);
      other.writers.register((events) => {
        written.push(...events);
        return Promise.resolve();
      });
      other.relay.onApplicationBootstrap();
      return other.relay;
    });
    const ids = await addJobs(30, anna);
    await site.unitOfWork
      .run(async () => {
        await addJob();
        throw new Error('the request failed');
      })
      .catch(() => undefined);
    for (const id of ids) await room.orders.cancel(asActor(anna), id);
    const left = (): Promise<unknown[]> => site.execute('select id from job_events where relayed_at is null');
    await waitFor(async () => (await left()).length === 0);
    await Promise.all(relays.map((relay) => relay.onModuleDestroy()));

    const told = written.map(({ jobId, to }) => `${jobId} ${to}`);
    expect(told).toHaveLength(60);
    expect(new Set(told)).toEqual(new Set(ids.flatMap((id) => [`${id} queued`, `${id} cancelled`])));
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { knownAs } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import { QueueFiguresRepository } from '../../src/modules/jobs/figures/queue-figures.repository.js';
import { QueueFiguresService } from '../../src/modules/jobs/figures/queue-figures.service.js';
import { DATABASES } from '../support/databases.js';
import { JobsOnDatabase, NO_RESULTS } from '../support/jobs-room.js';

const ACTOR = knownAs(LOCAL_PRINCIPAL, { address: '127.0.0.1', requestId: null });

describe.each(DATABASES)('figures of jobs in %s', (_name, open) => {
  let site: JobsOnDatabase;
  let figures: QueueFiguresService;

  beforeAll(async () => {
    site = await JobsOnDatabase.open(await open());
    site.room.results.register(NO_RESULTS);
    figures = new QueueFiguresService(new QueueFiguresRepository(site.orm.em), site.unitOfWork);
  }, 60_000);

  afterAll(() => site.close());

  beforeEach(async () => {
    await site.startOver();
    await site.execute('delete from ended_jobs');
  });

  async function complete(): Promise<string> {
    await site.addJob();
    const claim = await site.claim();
    await site.room.claims.complete(claim, { durationSeconds: 60, language: 'en' }, () => Promise.resolve());
    return claim.job.id;
  }

  async function fail(): Promise<string> {
    await site.addJob();
    const claim = await site.claim();
    await site.room.claims.fail(claim, { code: 'no_audio', detail: 'Nothing to hear.' });
    return claim.job.id;
  }

  it('count each job by its status, those that wait by priority, and those that failed by code', async () => {
    await complete();
    await fail();
    await fail();
    await site.addJob(LOCAL_PRINCIPAL, { priority: 'low' });
    await site.addJob();
    await site.execute(`update jobs set updated_at = now() - interval '1 hour' where priority = 0`);

    const { byStatus, queuedByPriority, failedByCode, oldestSeconds } = await figures.readCounts();
    expect(Object.fromEntries(byStatus)).toEqual({
      queued: 2,
      processing: 0,
      completed: 1,
      failed: 2,
      cancelled: 0,
    });
    expect(Object.fromEntries(queuedByPriority)).toEqual({ high: 0, normal: 1, low: 1 });
    expect(Object.fromEntries(failedByCode)).toEqual({ no_audio: 2 });
    expect(oldestSeconds).toBeGreaterThanOrEqual(3600);
  });

  it('are read once for all who ask at the same time', async () => {
    const [first, second] = await Promise.all([figures.readCounts(), figures.readCounts()]);

    expect(second).toBe(first);
    expect(await figures.readCounts()).not.toBe(first);
  });

  it('of the last hour count jobs that were deleted or retried since', async () => {
    await site.room.orders.delete(ACTOR, await complete());
    await site.room.orders.retry(ACTOR, await fail(), null);

    expect(await figures.readThroughput()).toMatchObject({ completed: 1, failed: 1, audioSeconds: 60 });
  });

  it('of the last hour forget what is older', async () => {
    await complete();
    await site.execute(`update ended_jobs set finished_at = now() - interval '61 minutes'`);
    await complete();
    const before = await figures.readThroughput();
    await figures.forgetOld();

    expect(before.completed).toBe(1);
    expect(await figures.readThroughput()).toEqual(before);
    expect(await site.execute('select count(*)::int as count from ended_jobs')).toEqual([{ count: 1 }]);
  });
});

/** What is true of Bull besides what is true of every queue (job-queues.spec.ts). */
import { describe, expect, it } from '@jest/globals';
import type { ClaimSource } from '../../src/modules/jobs/adapters/claim-source.js';
import { connectRedis } from '../../src/platform/redis/redis-connection.js';
import { openBullQueue } from '../support/bull-queue.js';
import { QueueTrial } from '../support/queue-trial.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 60_000;

const trial = new QueueTrial();

describe('Bull', () => {
  it(
    'shares the jobs among the workers of several processes',
    async () => {
      await trial.openRedis();
      const ids = await trial.jobs.addJobs(2);
      const workshops = [trial.openWorkshop(), trial.openWorkshop()];
      for (const workshop of workshops) trial.openBull().consume(workshop.handler, 1);
      await trial.openBull().dispatch(await trial.waiting(...ids));
      await waitFor(() => workshops.every(({ begun }) => begun.length === 1));
      for (const workshop of workshops) workshop.finish();

      await trial.allCompleted(ids);
    },
    LIMIT_MS,
  );

  it(
    'makes up for a call that another job was taken for, although it still goes by the name of the first',
    async () => {
      await trial.openRedis();
      const [first, second] = await trial.jobs.addJobs(2);
      const queue = trial.openBull();
      await queue.dispatch(await trial.waiting(second!));
      const workshop = trial.openWorkshop();
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 1);
      expect(workshop.begun).toEqual([first]);
      await queue.makeUp(await trial.ready());

      await waitFor(() => workshop.begun.length === 2);
      expect(workshop.begun).toEqual([first, second]);
    },
    LIMIT_MS,
  );

  it(
    'calls nobody twice for what is told of in time',
    async () => {
      await trial.openRedis();
      const ids = await trial.jobs.addJobs(3);
      const queue = trial.openBull();
      await queue.dispatch(await trial.waiting(...ids));
      for (let i = 0; i < 3; i += 1) await queue.makeUp(await trial.ready());
      let looks = 0;
      const source: ClaimSource = {
        claimNext: () => {
          looks += 1;
          return trial.room.claims.claimNext();
        },
      };
      const workshop = trial.openWorkshop();
      workshop.finish();
      trial.openBull(source).consume(workshop.handler, 1);
      await trial.allCompleted(ids);
      const last = await trial.jobs.addJob();
      await queue.dispatch(await trial.waiting(last));
      await trial.allCompleted([last]);

      expect(looks).toBe(4);
    },
    LIMIT_MS,
  );

  it.each([
    ['with what it held', true],
    ['empty', false],
  ])(
    'goes on by itself when Redis comes back %s',
    async (_how, keep) => {
      await trial.openRedis({ keep });
      const [before, during] = await trial.jobs.addJobs(2);
      const queue = trial.openBull();
      const workshop = trial.openWorkshop();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await trial.waiting(before!));
      await waitFor(() => workshop.begun.length === 1);
      await queue.dispatch(await trial.waiting(during!));
      await trial.redis.kill();
      await expect(queue.dispatch(await trial.waiting(during!))).rejects.toThrow();
      await expect(queue.assertWorking()).rejects.toThrow();
      workshop.finish();
      await trial.allCompleted([before!]);
      await trial.redis.startAgain();
      await waitFor(async () => {
        await queue.makeUp(await trial.ready()).catch(() => undefined);
        return (await trial.jobs.statusOf(during!)) === 'completed';
      });

      await expect(queue.assertWorking()).resolves.toBeUndefined();
    },
    LIMIT_MS,
  );

  it(
    'starts without Redis, and works as soon as there is one',
    async () => {
      await trial.openRedis();
      await trial.redis.kill();
      const id = await trial.jobs.addJob();
      const queue = trial.openBull();
      const workshop = trial.openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await expect(queue.dispatch(await trial.waiting(id))).rejects.toThrow();
      await trial.redis.startAgain();
      await waitFor(async () =>
        queue.dispatch(await trial.waiting(id)).then(
          () => true,
          () => false,
        ),
      );

      await trial.allCompleted([id]);
    },
    LIMIT_MS,
  );

  it(
    'does not count as working on a Redis that comes back set to throw keys away, until that is mended',
    async () => {
      await trial.openRedis();
      await trial.redis.kill();
      const queue = trial.openBull();
      const faultOf = (): Promise<string> =>
        queue.assertWorking().then(
          () => 'none',
          (error: unknown) => (error as Error).message,
        );
      await trial.redis.startAgain('allkeys-lru');
      await waitFor(async () => (await faultOf()).includes('maxmemory-policy allkeys-lru'));
      const redis = connectRedis(trial.redis, {});
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();

      expect(await faultOf()).toBe('none');
    },
    LIMIT_MS,
  );

  it(
    'calls a worker for a job that its own call has brought to another one',
    async () => {
      await trial.openRedis();
      const [first, second] = await trial.jobs.addJobs(2);
      const queue = trial.openBull();
      const workshop = trial.openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await trial.waiting(second!));
      await trial.allCompleted([first!]);
      expect(await trial.jobs.statusOf(second!)).toBe('queued');
      // The event of the second was told of, that of the first was not yet visible.
      await trial.jobs.execute(`update job_events set relayed_at = now() where job_id = '${second!}'`);
      trial.openRelay(queue);

      await trial.allCompleted([second!]);
    },
    LIMIT_MS,
  );

  it(
    'stops while Redis is away',
    async () => {
      await trial.openRedis();
      const id = await trial.jobs.addJob();
      const { queue, close } = openBullQueue(trial.redis, trial.room.claims);
      const workshop = trial.openWorkshop();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await trial.waiting(id));
      await waitFor(() => workshop.begun.length === 1);
      await trial.redis.kill();
      await queue.stop();
      await close();

      expect(await trial.jobs.statusOf(id)).toBe('queued');
    },
    LIMIT_MS,
  );
});

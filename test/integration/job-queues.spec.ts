import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimSource } from '../../src/modules/jobs/adapters/claim-source.js';
import { EmbeddedJobQueue } from '../../src/modules/jobs/adapters/embedded.job-queue.js';
import type { JobQueue } from '../../src/modules/jobs/job-queue.port.js';
import { nothing, QueueTrial } from '../support/queue-trial.js';
import { waitFor } from '../support/wait-for.js';

/** Longer than any test: a worker that polls so rarely moves only when it is woken. */
const NEVER_MS = 600_000;
const OFTEN_MS = 50;
const LIMIT_MS = 60_000;

const trial = new QueueTrial();

interface QueueKind {
  readonly name: string;
  readonly prepare: () => Promise<void>;
  readonly open: (source?: ClaimSource, pollIntervalMs?: number) => JobQueue;
}

const QUEUES: readonly QueueKind[] = [
  {
    name: 'the embedded queue',
    prepare: nothing,
    open: (source = trial.room.claims, pollIntervalMs = OFTEN_MS) => {
      const queue = new EmbeddedJobQueue(source, { pollIntervalMs });
      trial.afterTest(() => queue.stop());
      return queue;
    },
  },
  { name: 'Bull', prepare: () => trial.openRedis(), open: (source) => trial.openBull(source) },
];

describe.each(QUEUES)('$name', ({ prepare, open }) => {
  beforeEach(() => prepare());

  it(
    'wakes a worker that found nothing as soon as it is told of a job',
    async () => {
      let looks = 0;
      const source: ClaimSource = {
        claimNext: () => {
          looks += 1;
          return trial.room.claims.claimNext();
        },
      };
      const queue = open(source, NEVER_MS);
      const workshop = trial.openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      const [first, second] = await trial.jobs.addJobs(2);
      await queue.dispatch(await trial.waiting(first!));
      await queue.dispatch(await trial.waiting(second!));
      await trial.allCompleted([first!, second!]);
      const looksWhenIdle = looks;
      const third = await trial.jobs.addJob();
      await queue.dispatch(await trial.waiting(third));

      await trial.allCompleted([third]);
      expect(looks).toBeGreaterThan(looksWhenIdle);
    },
    LIMIT_MS,
  );

  it(
    'hands out a job that rests when its pause is over, and not before',
    async () => {
      const id = await trial.jobs.addJob();
      await trial.jobs.execute(`update jobs set available_at = now() + interval '1 second'`);
      const queue = open();
      const workshop = trial.openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await trial.waiting(id));
      await trial.allCompleted([id]);

      const [early] = await trial.jobs.execute<{ early: boolean }[]>(
        `select occurred_at < available_at as early from job_events join jobs on jobs.id = job_id where reason = 'claimed'`,
      );
      expect(early).toEqual({ early: false });
    },
    LIMIT_MS,
  );

  it(
    'hands out as many jobs at once as it was told, and no more',
    async () => {
      const ids = await trial.jobs.addJobs(5);
      const queue = open();
      const workshop = trial.openWorkshop();
      await queue.dispatch(await trial.waiting(...ids));
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 2);
      workshop.finish();

      await trial.allCompleted(ids);
      expect(workshop.most).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'hands out jobs in the order of the table, whatever the order in which it was told of them',
    async () => {
      const low = await trial.jobs.addJob(undefined, { priority: 'low' });
      const normal = await trial.jobs.addJob();
      const high = await trial.jobs.addJob(undefined, { priority: 'high' });
      const queue = open();
      for (const id of [low, normal, high]) await queue.dispatch(await trial.waiting(id));
      const workshop = trial.openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await trial.allCompleted([low, normal, high]);

      expect(workshop.begun).toEqual([high, normal, low]);
    },
    LIMIT_MS,
  );

  it(
    'has a job done once that it is told of again and again',
    async () => {
      const id = await trial.jobs.addJob();
      const queue = open();
      const told = await trial.waiting(id);
      const workshop = trial.openWorkshop();
      for (let i = 0; i < 3; i += 1) await queue.dispatch(told);
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 1);
      await queue.dispatch(told);
      workshop.finish();
      await trial.allCompleted([id]);
      await queue.dispatch(told);
      const next = await trial.jobs.addJob();
      await queue.dispatch(await trial.waiting(next));
      await trial.allCompleted([next]);

      expect(workshop.begun).toEqual([id, next]);
    },
    LIMIT_MS,
  );

  it(
    'hands out a job again at once that was given back by the worker which its call had brought',
    async () => {
      const id = await trial.jobs.addJob();
      const queue = open();
      let attempts = 0;
      queue.consume(async (claim) => {
        attempts += 1;
        if (attempts > 1) {
          await trial.room.claims.complete(claim, { durationSeconds: 60, language: 'en' }, nothing);
          return;
        }
        await trial.room.claims.release(claim);
        // The call is not over yet: whoever told of the job by the same name would not be heard.
        await queue.dispatch(await trial.waiting(id));
      }, 1);
      await queue.dispatch(await trial.waiting(id));

      await trial.allCompleted([id]);
      expect(attempts).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'hands out nothing while it pauses, lets go on what is under way, and takes up the rest afterwards',
    async () => {
      const first = await trial.jobs.addJob();
      const queue = open();
      const workshop = trial.openWorkshop();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await trial.waiting(first));
      await waitFor(() => workshop.begun.length === 1);
      await queue.pause();
      const second = await trial.jobs.addJob();
      await queue.dispatch(await trial.waiting(second));
      workshop.finish();
      await trial.allCompleted([first]);
      expect(await trial.jobs.statusOf(second)).toBe('queued');

      await queue.resume();
      await trial.allCompleted([second]);
      expect(workshop.begun).toEqual([first, second]);
    },
    LIMIT_MS,
  );

  it(
    'tells those under way when it stops, waits for them and hands out no more',
    async () => {
      const ids = await trial.jobs.addJobs(3);
      const queue = open();
      const workshop = trial.openWorkshop();
      await queue.dispatch(await trial.waiting(...ids));
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 2);
      await queue.stop();

      expect(await Promise.all(ids.map((id) => trial.jobs.statusOf(id)))).toEqual([
        'queued',
        'queued',
        'queued',
      ]);
      expect(workshop.begun).toHaveLength(2);
    },
    LIMIT_MS,
  );

  it(
    'loses no job while none can be claimed, and says so meanwhile',
    async () => {
      const id = await trial.jobs.addJob();
      let isAway = true;
      const queue = open({
        claimNext: () => (isAway ? Promise.reject(new Error('away')) : trial.room.claims.claimNext()),
      });
      const workshop = trial.openWorkshop();
      workshop.finish();
      await queue.dispatch(await trial.waiting(id));
      queue.consume(workshop.handler, 1);
      await waitFor(() =>
        queue.assertWorking().then(
          () => false,
          () => true,
        ),
      );
      isAway = false;

      await trial.allCompleted([id]);
      await expect(queue.assertWorking()).resolves.toBeUndefined();
    },
    LIMIT_MS,
  );

  it(
    'makes up for what it was not told of',
    async () => {
      const ids = await trial.jobs.addJobs(3);
      const queue = open(trial.room.claims, NEVER_MS);
      const workshop = trial.openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await queue.makeUp(await trial.ready());

      await trial.allCompleted(ids);
    },
    LIMIT_MS,
  );
});

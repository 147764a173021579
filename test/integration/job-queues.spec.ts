import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { EmbeddedJobQueue } from '../../src/modules/jobs/adapters/embedded.job-queue.js';
import type { ClaimSource } from '../../src/modules/jobs/adapters/claim-source.js';
import type { JobPriority } from '../../src/modules/jobs/job-priority.view.js';
import type { JobHandler, JobQueue } from '../../src/modules/jobs/job-queue.port.js';
import type { WaitingJob } from '../../src/modules/jobs/job.view.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openBullQueue } from '../support/bull-queue.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { aNewJob, openJobsRoom, type JobsRoom } from '../support/jobs-room.js';
import { openOrm } from '../support/orm.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

/** Longer than any test: a worker that polls so rarely moves only when it is woken. */
const NEVER_MS = 600_000;
const OFTEN_MS = 50;
const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const LIMIT_MS = 60_000;
const nothing = (): Promise<void> => Promise.resolve();

/** Work that goes on until somebody lets it end. */
class Workshop {
  readonly begun: string[] = [];
  most = 0;
  private readonly gates: (() => void)[] = [];
  private running = 0;
  private open = false;

  constructor(private readonly room: JobsRoom) {}

  readonly handler: JobHandler = async (claim, signal) => {
    this.begun.push(claim.job.id);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    if (!this.open)
      await new Promise<void>((resolve) => {
        this.gates.push(resolve);
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    this.running -= 1;
    await (signal.aborted ? this.room.claims.release(claim) : this.room.claims.complete(claim, 60, nothing));
  };

  /** From here on all work is done at once. */
  finish(): void {
    this.open = true;
    for (const gate of this.gates) gate();
  }
}

let database: TestDatabase;
let orm: MikroORM;
let unitOfWork: UnitOfWork;
let room: JobsRoom;
let redis: RedisServer;
let closings: (() => Promise<void>)[];

beforeAll(async () => {
  database = await openOnServer();
  await migrateUnderLock(database.url);
  orm = await openOrm(database.url);
  unitOfWork = new UnitOfWork(orm);
  room = openJobsRoom(orm, unitOfWork);
}, LIMIT_MS);

afterAll(async () => {
  await orm.close();
  await database.close();
});

beforeEach(async () => {
  closings = [];
  await execute('truncate media_files cascade');
  await execute(
    `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${LOCAL_USER_ID}')`,
  );
});

afterEach(async () => {
  for (const close of closings.reverse()) await close();
}, LIMIT_MS);

function execute<T = unknown>(sql: string): Promise<T> {
  return orm.em.fork().execute(sql) as Promise<T>;
}

async function addJob(priority: JobPriority = 'normal'): Promise<string> {
  const order = aNewJob({ mediaFileId: MEDIA_FILE_ID, priority });
  return (await unitOfWork.run(() => room.jobs.create(LOCAL_PRINCIPAL, order))).id;
}

async function addJobs(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await addJob());
  return ids;
}

function waiting(...ids: readonly string[]): Promise<WaitingJob[]> {
  return unitOfWork.read(() => room.repository.listWaiting(ids));
}

function ready(): Promise<WaitingJob[]> {
  return unitOfWork.read(() => room.repository.listReady(100));
}

async function statusOf(id: string): Promise<string> {
  return (await room.jobs.get(LOCAL_PRINCIPAL, id)).status;
}

async function allCompleted(ids: readonly string[]): Promise<void> {
  await waitFor(async () => (await Promise.all(ids.map(statusOf))).every((status) => status === 'completed'));
}

/** A workshop that will be closed after the test. */
function openWorkshop(): Workshop {
  const workshop = new Workshop(room);
  closings.push(() => {
    workshop.finish();
    return Promise.resolve();
  });
  return workshop;
}

async function openRedis(options = {}): Promise<void> {
  redis = await startRedis(options);
  closings.push(() => redis.stop());
}

function openBull(source: ClaimSource = room.claims): JobQueue {
  const { queue, close } = openBullQueue(redis, source);
  closings.push(async () => {
    await queue.stop();
    await close();
  });
  return queue;
}

interface QueueKind {
  readonly name: string;
  prepare(): Promise<void>;
  open(source?: ClaimSource, pollIntervalMs?: number): JobQueue;
}

const QUEUES: readonly QueueKind[] = [
  {
    name: 'the embedded queue',
    prepare: nothing,
    open: (source = room.claims, pollIntervalMs = OFTEN_MS) => {
      const queue = new EmbeddedJobQueue(source, { pollIntervalMs });
      closings.push(() => queue.stop());
      return queue;
    },
  },
  { name: 'Bull', prepare: openRedis, open: (source) => openBull(source) },
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
          return room.claims.claimNext();
        },
      };
      const queue = open(source, NEVER_MS);
      const workshop = openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      const [first, second] = await addJobs(2);
      await queue.dispatch(await waiting(first!));
      await queue.dispatch(await waiting(second!));
      await allCompleted([first!, second!]);
      const looksWhenIdle = looks;
      const third = await addJob();
      await queue.dispatch(await waiting(third));

      await allCompleted([third]);
      expect(looks).toBeGreaterThan(looksWhenIdle);
    },
    LIMIT_MS,
  );

  it(
    'hands out a job that rests when its pause is over, and not before',
    async () => {
      const id = await addJob();
      await execute(`update jobs set available_at = now() + interval '1 second'`);
      const queue = open();
      const workshop = openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await waiting(id));
      await allCompleted([id]);

      const [early] = await execute<{ early: boolean }[]>(
        `select occurred_at < available_at as early from job_events join jobs on jobs.id = job_id where reason = 'claimed'`,
      );
      expect(early).toEqual({ early: false });
    },
    LIMIT_MS,
  );

  it(
    'hands out as many jobs at once as it was told, and no more',
    async () => {
      const ids = await addJobs(5);
      const queue = open();
      const workshop = openWorkshop();
      await queue.dispatch(await waiting(...ids));
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 2);
      workshop.finish();

      await allCompleted(ids);
      expect(workshop.most).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'hands out jobs in the order of the table, whatever the order in which it was told of them',
    async () => {
      const low = await addJob('low');
      const normal = await addJob();
      const high = await addJob('high');
      const queue = open();
      for (const id of [low, normal, high]) await queue.dispatch(await waiting(id));
      const workshop = openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await allCompleted([low, normal, high]);

      expect(workshop.begun).toEqual([high, normal, low]);
    },
    LIMIT_MS,
  );

  it(
    'has a job done once that it is told of again and again',
    async () => {
      const id = await addJob();
      const queue = open();
      const told = await waiting(id);
      const workshop = openWorkshop();
      for (let i = 0; i < 3; i += 1) await queue.dispatch(told);
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 1);
      await queue.dispatch(told);
      workshop.finish();
      await allCompleted([id]);
      await queue.dispatch(told);
      const next = await addJob();
      await queue.dispatch(await waiting(next));
      await allCompleted([next]);

      expect(workshop.begun).toEqual([id, next]);
    },
    LIMIT_MS,
  );

  it(
    'hands out a job again at once that was given back by the worker which its call had brought',
    async () => {
      const id = await addJob();
      const queue = open();
      let attempts = 0;
      queue.consume(async (claim) => {
        attempts += 1;
        if (attempts > 1) {
          await room.claims.complete(claim, 60, nothing);
          return;
        }
        await room.claims.release(claim);
        // The call is not over yet: whoever told of the job by the same name would not be heard.
        await queue.dispatch(await waiting(id));
      }, 1);
      await queue.dispatch(await waiting(id));

      await allCompleted([id]);
      expect(attempts).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'hands out nothing while it pauses, lets go on what is under way, and takes up the rest afterwards',
    async () => {
      const first = await addJob();
      const queue = open();
      const workshop = openWorkshop();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await waiting(first));
      await waitFor(() => workshop.begun.length === 1);
      await queue.pause();
      const second = await addJob();
      await queue.dispatch(await waiting(second));
      workshop.finish();
      await allCompleted([first]);
      expect(await statusOf(second)).toBe('queued');

      await queue.resume();
      await allCompleted([second]);
      expect(workshop.begun).toEqual([first, second]);
    },
    LIMIT_MS,
  );

  it(
    'tells those under way when it stops, waits for them and hands out no more',
    async () => {
      const ids = await addJobs(3);
      const queue = open();
      const workshop = openWorkshop();
      await queue.dispatch(await waiting(...ids));
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 2);
      await queue.stop();

      expect(await Promise.all(ids.map(statusOf))).toEqual(['queued', 'queued', 'queued']);
      expect(workshop.begun).toHaveLength(2);
    },
    LIMIT_MS,
  );

  it(
    'loses no job while none can be claimed, and says so meanwhile',
    async () => {
      const id = await addJob();
      let isAway = true;
      const queue = open({
        claimNext: () => (isAway ? Promise.reject(new Error('away')) : room.claims.claimNext()),
      });
      const workshop = openWorkshop();
      workshop.finish();
      await queue.dispatch(await waiting(id));
      queue.consume(workshop.handler, 1);
      await waitFor(() =>
        queue.assertWorking().then(
          () => false,
          () => true,
        ),
      );
      isAway = false;

      await allCompleted([id]);
      await expect(queue.assertWorking()).resolves.toBeUndefined();
    },
    LIMIT_MS,
  );

  it(
    'makes up for what it was not told of',
    async () => {
      const ids = await addJobs(3);
      const queue = open(room.claims, NEVER_MS);
      const workshop = openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await queue.makeUp(await ready());

      await allCompleted(ids);
    },
    LIMIT_MS,
  );
});

describe('Bull', () => {
  it(
    'shares the jobs among the workers of several processes',
    async () => {
      await openRedis();
      const ids = await addJobs(2);
      const workshops = [openWorkshop(), openWorkshop()];
      for (const workshop of workshops) openBull().consume(workshop.handler, 1);
      await openBull().dispatch(await waiting(...ids));
      await waitFor(() => workshops.every(({ begun }) => begun.length === 1));
      for (const workshop of workshops) workshop.finish();

      await allCompleted(ids);
    },
    LIMIT_MS,
  );

  it(
    'makes up for a call that another job was taken for, although it still goes by the name of the first',
    async () => {
      await openRedis();
      const [first, second] = await addJobs(2);
      const queue = openBull();
      await queue.dispatch(await waiting(second!));
      const workshop = openWorkshop();
      queue.consume(workshop.handler, 2);
      await waitFor(() => workshop.begun.length === 1);
      expect(workshop.begun).toEqual([first]);
      await queue.makeUp(await ready());

      await waitFor(() => workshop.begun.length === 2);
      expect(workshop.begun).toEqual([first, second]);
    },
    LIMIT_MS,
  );

  it(
    'calls nobody twice for what is told of in time',
    async () => {
      await openRedis();
      const ids = await addJobs(3);
      const queue = openBull();
      await queue.dispatch(await waiting(...ids));
      for (let i = 0; i < 3; i += 1) await queue.makeUp(await ready());
      let looks = 0;
      const source: ClaimSource = {
        claimNext: () => {
          looks += 1;
          return room.claims.claimNext();
        },
      };
      const workshop = openWorkshop();
      workshop.finish();
      openBull(source).consume(workshop.handler, 1);
      await allCompleted(ids);
      const last = await addJob();
      await queue.dispatch(await waiting(last));
      await allCompleted([last]);

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
      await openRedis({ keep });
      const [before, during] = await addJobs(2);
      const queue = openBull();
      const workshop = openWorkshop();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await waiting(before!));
      await waitFor(() => workshop.begun.length === 1);
      await queue.dispatch(await waiting(during!));
      await redis.kill();
      await expect(queue.dispatch(await waiting(during!))).rejects.toThrow();
      await expect(queue.assertWorking()).rejects.toThrow();
      workshop.finish();
      await allCompleted([before!]);
      await redis.startAgain();
      await waitFor(async () => {
        await queue.makeUp(await ready()).catch(() => undefined);
        return (await statusOf(during!)) === 'completed';
      });

      await expect(queue.assertWorking()).resolves.toBeUndefined();
    },
    LIMIT_MS,
  );

  it(
    'starts without Redis, and works as soon as there is one',
    async () => {
      await openRedis();
      await redis.kill();
      const id = await addJob();
      const queue = openBull();
      const workshop = openWorkshop();
      workshop.finish();
      queue.consume(workshop.handler, 1);
      await expect(queue.dispatch(await waiting(id))).rejects.toThrow();
      await redis.startAgain();
      await waitFor(async () =>
        queue.dispatch(await waiting(id)).then(
          () => true,
          () => false,
        ),
      );

      await allCompleted([id]);
    },
    LIMIT_MS,
  );

  it(
    'stops while Redis is away',
    async () => {
      await openRedis();
      const id = await addJob();
      const { queue, close } = openBullQueue(redis, room.claims);
      const workshop = openWorkshop();
      queue.consume(workshop.handler, 1);
      await queue.dispatch(await waiting(id));
      await waitFor(() => workshop.begun.length === 1);
      await redis.kill();
      await queue.stop();
      await close();

      expect(await statusOf(id)).toBe('queued');
    },
    LIMIT_MS,
  );
});

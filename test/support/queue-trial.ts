import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import type { ClaimSource } from '../../src/modules/jobs/adapters/claim-source.js';
import type { JobPriority } from '../../src/modules/jobs/job-priority.view.js';
import type { JobHandler, JobQueue } from '../../src/modules/jobs/job-queue.port.js';
import type { WaitingJob } from '../../src/modules/jobs/job.view.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openBullQueue } from './bull-queue.js';
import { openOnServer, type TestDatabase } from './databases.js';
import { aNewJob, openJobsRoom, type JobsRoom } from './jobs-room.js';
import { openOrm } from './orm.js';
import { startRedis, type RedisOptions, type RedisServer } from './redis-server.js';
import { waitFor } from './wait-for.js';

const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const LIMIT_MS = 60_000;
export const nothing = (): Promise<void> => Promise.resolve();

/** Work that goes on until somebody lets it end. */
export class Workshop {
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

/** Jobs of a database, and what is opened for one test and closed after it. */
export class QueueTrial {
  room!: JobsRoom;
  redis!: RedisServer;
  private database!: TestDatabase;
  private orm!: MikroORM;
  private unitOfWork!: UnitOfWork;
  private closings: (() => Promise<void>)[] = [];

  /** Registers what has to be done before and after the tests of a file. */
  constructor() {
    beforeAll(() => this.open(), LIMIT_MS);
    afterAll(async () => {
      await this.orm.close();
      await this.database.close();
    });
    beforeEach(() => this.empty());
    afterEach(async () => {
      for (const close of this.closings.splice(0).reverse()) await close();
    }, LIMIT_MS);
  }

  afterTest(close: () => Promise<void>): void {
    this.closings.push(close);
  }

  execute<T = unknown>(sql: string): Promise<T> {
    return this.orm.em.fork().execute(sql) as Promise<T>;
  }

  async addJob(priority: JobPriority = 'normal'): Promise<string> {
    const order = aNewJob({ mediaFileId: MEDIA_FILE_ID, priority });
    return (await this.unitOfWork.run(() => this.room.jobs.create(LOCAL_PRINCIPAL, order))).id;
  }

  async addJobs(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) ids.push(await this.addJob());
    return ids;
  }

  waiting(...ids: readonly string[]): Promise<WaitingJob[]> {
    return this.unitOfWork.read(() => this.room.repository.listWaiting(ids));
  }

  ready(): Promise<WaitingJob[]> {
    return this.unitOfWork.read(() => this.room.repository.listReady(100));
  }

  async statusOf(id: string): Promise<string> {
    return (await this.room.jobs.get(LOCAL_PRINCIPAL, id)).status;
  }

  async allCompleted(ids: readonly string[]): Promise<void> {
    await waitFor(async () =>
      (await Promise.all(ids.map((id) => this.statusOf(id)))).every((status) => status === 'completed'),
    );
  }

  openWorkshop(): Workshop {
    const workshop = new Workshop(this.room);
    this.afterTest(() => {
      workshop.finish();
      return Promise.resolve();
    });
    return workshop;
  }

  async openRedis(options: RedisOptions = {}): Promise<void> {
    this.redis = await startRedis(options);
    this.afterTest(() => this.redis.stop());
  }

  /** On the Redis that was opened, as one more process would. */
  openBull(source: ClaimSource = this.room.claims): JobQueue {
    const { queue, close } = openBullQueue(this.redis, source);
    this.afterTest(async () => {
      await queue.stop();
      await close();
    });
    return queue;
  }

  /** As one process tells a queue of what happened. */
  openRelay(queue: JobQueue): void {
    const { relay } = openJobsRoom(this.orm, this.unitOfWork, {}, { openQueue: () => queue });
    relay.onApplicationBootstrap();
    this.afterTest(() => relay.onModuleDestroy());
  }

  private async open(): Promise<void> {
    this.database = await openOnServer();
    await migrateUnderLock(this.database.url);
    this.orm = await openOrm(this.database.url);
    this.unitOfWork = new UnitOfWork(this.orm);
    this.room = openJobsRoom(this.orm, this.unitOfWork);
  }

  private async empty(): Promise<void> {
    await this.execute('truncate media_files cascade');
    await this.execute(
      `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${LOCAL_USER_ID}')`,
    );
  }
}

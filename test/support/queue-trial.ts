import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { ClaimSource } from '../../src/modules/jobs/adapters/claim-source.js';
import type { JobHandler, JobQueue } from '../../src/modules/jobs/job-queue.port.js';
import type { WaitingJob } from '../../src/modules/jobs/job.view.js';
import { openBullQueue } from './bull-queue.js';
import { openOnServer } from './databases.js';
import { JobsOnDatabase, openJobsRoom, type JobsRoom } from './jobs-room.js';
import { startRedis, type RedisOptions, type RedisServer } from './redis-server.js';
import { waitFor } from './wait-for.js';

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
    await (signal.aborted
      ? this.room.claims.release(claim)
      : this.room.claims.complete(claim, { durationSeconds: 60, language: 'en' }, nothing));
  };

  /** From here on all work is done at once. */
  finish(): void {
    this.open = true;
    for (const gate of this.gates) gate();
  }
}

/** Jobs of a database, and what is opened for one test and closed after it. */
export class QueueTrial {
  jobs!: JobsOnDatabase;
  redis!: RedisServer;
  private closings: (() => Promise<void>)[] = [];

  /** Registers what has to be done before and after the tests of a file. */
  constructor() {
    beforeAll(async () => {
      this.jobs = await JobsOnDatabase.open(await openOnServer());
    }, LIMIT_MS);
    afterAll(() => this.jobs.close());
    beforeEach(() => this.jobs.startOver());
    afterEach(async () => {
      for (const close of this.closings.splice(0).reverse()) await close();
    }, LIMIT_MS);
  }

  get room(): JobsRoom {
    return this.jobs.room;
  }

  afterTest(close: () => Promise<void>): void {
    this.closings.push(close);
  }

  waiting(...ids: readonly string[]): Promise<WaitingJob[]> {
    return this.jobs.unitOfWork.read(() => this.room.repository.listWaiting(ids));
  }

  ready(): Promise<WaitingJob[]> {
    return this.jobs.unitOfWork.read(() => this.room.repository.listReady(100));
  }

  async allCompleted(ids: readonly string[]): Promise<void> {
    await waitFor(async () =>
      (await Promise.all(ids.map((id) => this.jobs.statusOf(id)))).every((status) => status === 'completed'),
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
    const { relay } = openJobsRoom(this.jobs.orm, this.jobs.unitOfWork, {}, { openQueue: () => queue });
    relay.onApplicationBootstrap();
    this.afterTest(() => relay.onModuleDestroy());
  }
}

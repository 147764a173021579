import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { RepeatedWork } from '../../../platform/runtime/repeated-work.js';
import type { JobEventView } from '../history/job-event.view.js';
import { JobEventsRepository, type OwnedJobEvent } from '../history/job-events.repository.js';
import { JOB_QUEUE, type JobQueue } from '../job-queue.port.js';
import { JobsRepository } from '../jobs.repository.js';
import { PROGRESS_BUS, type ProgressBus } from '../progress-bus.port.js';
import { JobEventWritersRegistry } from './job-event-writers.registry.js';
import { OutboxBell } from './outbox-bell.js';

const BATCH = 200;
/** How often it looks although nobody rang: for what another process wrote and could not relay. */
const INTERVAL_MS = 1000;
/** What happens within it is told of together. */
const REST_MS = 25;

/**
 * Tells of what happened to jobs, once it is committed: the queue of those that wait, waiting clients of all, and those who write something
 * of it. Whatever dies in between, what follows of an event is written exactly once.
 */
@Injectable()
export class OutboxRelayService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OutboxRelayService.name);
  private readonly relaying = new RepeatedWork(() => this.relayAll(), {
    intervalMs: INTERVAL_MS,
    restMs: REST_MS,
    onFailure: (error) => {
      this.logger.error('What happened to jobs cannot be told', { err: error });
    },
  });

  constructor(
    private readonly events: JobEventsRepository,
    private readonly jobs: JobsRepository,
    private readonly writers: JobEventWritersRegistry,
    private readonly unitOfWork: UnitOfWork,
    private readonly bell: OutboxBell,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(PROGRESS_BUS) private readonly bus: ProgressBus,
  ) {}

  onApplicationBootstrap(): void {
    this.bell.onRing(() => {
      this.relaying.wake();
    });
    this.relaying.start();
    this.relaying.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.relaying.stop();
  }

  /** Writes what follows of the events of a job into the transaction that is open, for one who deletes it and its events with it. */
  async relayOf(jobId: string): Promise<void> {
    const taken = await this.events.takeOf(jobId);
    if (taken.length > 0) await this.writers.write(taken);
  }

  private async relayAll(): Promise<void> {
    while (!this.relaying.isStopped && (await this.relayBatch()) === BATCH);
  }

  private async relayBatch(): Promise<number> {
    const events = await this.unitOfWork.run(async () => {
      const taken = await this.events.takeToRelay(BATCH);
      if (taken.length > 0) await this.writers.write(taken);
      return taken;
    });
    this.publish(events);
    await this.dispatch(events);
    return events.length;
  }

  /** A queue that is away, or a process that ends before it has called, holds up nobody else: the reconciler tells of what waits. */
  private async dispatch(events: readonly JobEventView[]): Promise<void> {
    const queued = events.filter(({ to }) => to === 'queued');
    if (queued.length === 0) return;
    const pauses = await this.pausesOf(queued);
    // Also of those that were taken meanwhile: by a worker that was called for another one, which still waits.
    const calls = queued.map(({ id, jobId }) => ({ jobId, queuedBy: id, pauseMs: pauses.get(jobId) ?? 0 }));
    await this.queue.dispatch(calls).catch((error: unknown) => {
      this.logger.warn('The queue could not be told of jobs', { jobs: calls.length, err: error });
    });
  }

  /** Only a job that a worker gave back may have to rest. */
  private async pausesOf(queued: readonly JobEventView[]): Promise<ReadonlyMap<string, number>> {
    const returned = queued.filter(({ from }) => from === 'processing').map(({ jobId }) => jobId);
    if (returned.length === 0) return new Map();
    const waiting = await this.unitOfWork.read(() => this.jobs.listWaiting(returned));
    return new Map(waiting.map(({ jobId, pauseMs }) => [jobId, pauseMs]));
  }

  /** To those who follow one job, and those who follow all of an owner. */
  private publish(events: readonly OwnedJobEvent[]): void {
    for (const id of new Set(events.flatMap(({ jobId, ownerId }) => [jobId, ownerId])))
      this.bus.publish(id, 'status');
  }
}

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
import { JobEventsRepository } from '../history/job-events.repository.js';
import { JOB_QUEUE, type JobQueue } from '../job-queue.port.js';
import { JobsRepository } from '../jobs.repository.js';
import { PROGRESS_BUS, type ProgressBus } from '../progress-bus.port.js';
import { JobEventWritersRegistry } from './job-event-writers.registry.js';
import { OutboxBell } from './outbox-bell.js';

const BATCH = 200;
/** How often it looks although nobody rang: for what another process wrote and could not relay. */
const INTERVAL_MS = 1000;

/**
 * Tells of what happened to jobs, once it is committed: the queue of those that wait, waiting clients of all, and those who write something
 * of it. Whatever dies in between, what follows of an event is written exactly once.
 */
@Injectable()
export class OutboxRelayService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OutboxRelayService.name);
  private readonly relaying = new RepeatedWork(() => this.relayAll(), {
    intervalMs: INTERVAL_MS,
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

  private async relayAll(): Promise<void> {
    while (!this.relaying.isStopped && (await this.relayBatch()) === BATCH);
  }

  private async relayBatch(): Promise<number> {
    const events = await this.unitOfWork.read(() => this.events.listToRelay(BATCH));
    if (events.length === 0) return 0;
    await this.dispatch(events);
    await this.unitOfWork.run(async () => {
      const marked = await this.events.markRelayed(events.map(({ id }) => id));
      await this.writers.write(events.filter(({ id }) => marked.has(id)));
    });
    await this.publish(events);
    return events.length;
  }

  /** A queue that is away holds up nobody else: the reconciler tells it of what waits as soon as it is back. */
  private async dispatch(events: readonly JobEventView[]): Promise<void> {
    const queued = events.filter(({ to }) => to === 'queued').map(({ jobId }) => jobId);
    if (queued.length === 0) return;
    const waiting = await this.unitOfWork.read(() => this.jobs.listWaiting(queued));
    await this.queue.dispatch(waiting).catch((error: unknown) => {
      this.logger.warn('The queue could not be told of jobs', { jobs: waiting.length, err: error });
    });
  }

  private async publish(events: readonly JobEventView[]): Promise<void> {
    const jobIds = [...new Set(events.map(({ jobId }) => jobId))];
    for (const id of jobIds) this.bus.publish(id, 'status');
    const owners = await this.unitOfWork.read(() => this.jobs.listOwnersOf(jobIds));
    for (const id of owners) this.bus.publish(id, 'status');
  }
}

import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ClaimsService } from './claims.service.js';
import { QueueFiguresService } from './figures/queue-figures.service.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.port.js';
import { JobsRepository } from './jobs.repository.js';
import { WorkersService } from './workers/workers.service.js';

const INTERVAL_MS = 10_000;
/** As many calls as these need bring workers to all others, too. */
const MOST_READY = 1000;

/** Finds jobs that nobody works on any more, and such that no worker was called for, at start and from then on. */
@Injectable()
export class ReconcilerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ReconcilerService.name);
  private timer: NodeJS.Timeout | undefined;
  private reconciling = false;
  private databaseWasAway = false;

  constructor(
    private readonly claims: ClaimsService,
    private readonly jobs: JobsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly workers: WorkersService,
    private readonly figures: QueueFiguresService,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // The embedded database serves one process only, and that one has just started.
    await this.reconcile(this.config.database.url === null);
    this.timer = setInterval(() => void this.reconcile(false), INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async reconcile(onlyWorker: boolean): Promise<void> {
    if (this.reconciling) return;
    this.reconciling = true;
    try {
      await this.recover(onlyWorker);
      this.databaseWasAway = false;
    } catch (error) {
      if (!this.databaseWasAway) this.logger.error('Looking for lost jobs failed', { err: error });
      this.databaseWasAway = true;
    } finally {
      this.reconciling = false;
    }
  }

  private async recover(onlyWorker: boolean): Promise<void> {
    if (this.databaseWasAway) {
      // Nobody could prolong a lease meanwhile; those who still work get one round to do so.
      await this.workers.forgetGone();
      return;
    }
    const recovered = await this.claims.recoverLost(onlyWorker);
    if (recovered.length > 0)
      this.logger.warn('Jobs of lost workers were taken up', { jobs: recovered.length });
    await this.workers.forgetGone();
    await this.figures.forgetOld();
    const ready = await this.unitOfWork.read(() => this.jobs.listReady(MOST_READY));
    await this.queue.makeUp(ready).catch((error: unknown) => {
      // Its absence is told of by the probe.
      this.logger.debug('The queue could not be told of jobs', { err: error });
    });
  }
}

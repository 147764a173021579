import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { ClaimsService } from './claims.service.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.port.js';

const INTERVAL_MS = 10_000;

/** Finds jobs that nobody works on any more, at start and from then on. */
@Injectable()
export class ReconcilerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ReconcilerService.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly claims: ClaimsService,
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
    try {
      const recovered = await this.claims.recoverLost(onlyWorker);
      if (recovered.length > 0)
        this.logger.warn('Jobs of lost workers were taken up', { jobs: recovered.length });
      for (const id of recovered) await this.queue.dispatch(id);
    } catch (error) {
      this.logger.error('Looking for lost jobs failed', { err: error });
    }
  }
}

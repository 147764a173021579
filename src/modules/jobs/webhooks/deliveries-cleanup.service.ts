import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { DeliveriesRepository } from './deliveries.repository.js';

const INTERVAL_MS = 3_600_000;

/** Removes from the log what has been over for long. Several processes may do so at once. */
@Injectable()
export class DeliveriesCleanupService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DeliveriesCleanupService.name);
  private timer: NodeJS.Timeout | undefined;
  private cleaning: Promise<void> | undefined;

  constructor(
    private readonly repository: DeliveriesRepository,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.clean();
    this.timer = setInterval(() => {
      this.clean();
    }, INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.cleaning;
  }

  private clean(): void {
    this.cleaning = this.deleteOld().catch((error: unknown) => {
      if (isDatabaseOutage(error)) this.logger.warn('Cleaning up waits for the database');
      else this.logger.error('Old deliveries could not be deleted', { err: error });
    });
  }

  private deleteOld(): Promise<void> {
    return this.unitOfWork.read(() => this.repository.deleteEnded(this.config.webhooks.logDays));
  }
}

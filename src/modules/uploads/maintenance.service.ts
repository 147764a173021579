import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isDatabaseOutage } from '../../platform/database/outage.js';
import { IdempotencyService } from '../auth/idempotency/idempotency.service.js';
import { BlobCollectorService } from './blobs/blob-collector.service.js';
import { MediaExpiryService } from './media/retention/media-expiry.service.js';
import { UploadSessionsService } from './sessions/upload-sessions.service.js';

const INTERVAL_MS = 10 * 60_000;

/** Cleans up from time to time. Several processes may do so at once: nothing of it does harm twice. */
@Injectable()
export class MaintenanceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MaintenanceService.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly collector: BlobCollectorService,
    private readonly sessions: UploadSessionsService,
    private readonly expiry: MediaExpiryService,
    private readonly idempotency: IdempotencyService,
  ) {}

  onApplicationBootstrap(): void {
    this.begin();
    this.timer = setInterval(() => {
      this.begin();
    }, INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private begin(): void {
    this.running ??= this.cleanUp().finally(() => (this.running = undefined));
  }

  private async cleanUp(): Promise<void> {
    try {
      await this.sessions.cleanUp();
      await this.expiry.deleteDue();
      await this.collector.collect();
      await this.idempotency.deleteOld();
    } catch (error) {
      if (isDatabaseOutage(error)) this.logger.warn('Cleaning up waits for the database');
      else this.logger.error('Cleaning up broke off', { err: error });
    }
  }
}

import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { upTo } from '../../../platform/runtime/jitter.js';
import { IdempotencyService } from '../../auth/idempotency/idempotency.service.js';
import { BlobCollectorService } from '../blobs/blob-collector.service.js';
import { MediaExpiryService } from '../media/retention/media-expiry.service.js';
import { UploadSessionsService } from '../sessions/upload-sessions.service.js';
import { MaintenanceRunsRepository } from './maintenance-runs.repository.js';

const INTERVAL_MS = 10 * 60_000;
/** Processes that start together do not ask together. */
const FIRST_SEARCH_WITHIN_MS = 60_000;
const ORPHANS = 'orphaned_blobs';

/**
 * Cleans up from time to time. Several processes may do so at once: nothing of it does harm twice. Orphaned blobs are searched for once a
 * day by one of all processes, as listing a large store costs time and money.
 */
@Injectable()
export class MaintenanceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MaintenanceService.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private cleaning: Promise<void> | undefined;
  private searching: Promise<void> | undefined;

  constructor(
    private readonly collector: BlobCollectorService,
    private readonly sessions: UploadSessionsService,
    private readonly expiry: MediaExpiryService,
    private readonly idempotency: IdempotencyService,
    private readonly runs: MaintenanceRunsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onApplicationBootstrap(): void {
    this.clean();
    const cleanAndSearch = (): void => {
      this.clean();
      this.search();
    };
    this.timers.push(
      setInterval(cleanAndSearch, INTERVAL_MS),
      setTimeout(() => {
        this.search();
      }, upTo(FIRST_SEARCH_WITHIN_MS)),
    );
    for (const timer of this.timers) timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all([this.cleaning, this.searching]);
  }

  /** Cleans up and searches for orphans, unless it is at it already. */
  startNow(): void {
    this.clean();
    this.searching ??= this.attempt(async () => {
      await this.collector.collectOrphans();
    }).finally(() => (this.searching = undefined));
  }

  private clean(): void {
    this.cleaning ??= this.attempt(async () => {
      await this.sessions.cleanUp();
      await this.expiry.deleteDue();
      await this.collector.collectDiscarded();
      await this.idempotency.deleteOld();
    }).finally(() => (this.cleaning = undefined));
  }

  private search(): void {
    this.searching ??= this.attempt(() => this.searchOrphans()).finally(() => (this.searching = undefined));
  }

  private async searchOrphans(): Promise<void> {
    if (!(await this.unitOfWork.read(() => this.runs.beginDaily(ORPHANS)))) return;
    try {
      await this.collector.collectOrphans();
    } catch (error) {
      await this.unitOfWork.read(() => this.runs.giveUp(ORPHANS));
      throw error;
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isDatabaseOutage(error)) this.logger.warn('Cleaning up waits for the database');
      else this.logger.error('Cleaning up broke off', { err: error });
    }
  }
}

import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { DatabaseIndicator } from '../../platform/database/database.indicator.js';
import { QueueIndicator } from '../jobs/queue.indicator.js';
import { WorkerIndicator } from '../jobs/workers/worker.indicator.js';
import { DiskIndicator } from '../uploads/blobs/disk.indicator.js';
import { StorageIndicator } from '../uploads/blobs/storage.indicator.js';
import { ModelIndicator } from './models/model.indicator.js';

/** All that has to work for a process to be ready, for probes, metrics and administrators alike. */
@Injectable()
export class ReadinessIndicator {
  readonly checks: readonly (() => Promise<HealthIndicatorResult>)[];

  constructor(
    database: DatabaseIndicator,
    queue: QueueIndicator,
    storage: StorageIndicator,
    disk: DiskIndicator,
    model: ModelIndicator,
    worker: WorkerIndicator,
  ) {
    const indicators = [database, queue, storage, disk, model, worker];
    this.checks = indicators.map((indicator) => () => indicator.check());
  }

  checkAll(): Promise<HealthIndicatorResult[]> {
    return Promise.all(this.checks.map((check) => check()));
  }
}

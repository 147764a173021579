import { Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { DatabaseIndicator } from '../../platform/database/database.indicator.js';
import { QueueIndicator } from '../jobs/queue.indicator.js';
import { WorkerIndicator } from '../jobs/workers/worker.indicator.js';
import { DiskIndicator } from '../uploads/blobs/disk.indicator.js';
import { StorageIndicator } from '../uploads/blobs/storage.indicator.js';
import { ModelIndicator } from './models/model.indicator.js';

export const READY_PARTS = ['database', 'queue', 'storage', 'disk', 'model', 'worker'] as const;

export type ReadyPart = (typeof READY_PARTS)[number];

interface Indicator {
  check(): Promise<HealthIndicatorResult>;
}

/** All that has to work for a process to be ready, for probes, metrics and administrators alike. */
@Injectable()
export class ReadinessIndicator {
  private readonly indicators: Readonly<Record<ReadyPart, Indicator>>;

  constructor(
    database: DatabaseIndicator,
    queue: QueueIndicator,
    storage: StorageIndicator,
    disk: DiskIndicator,
    model: ModelIndicator,
    worker: WorkerIndicator,
  ) {
    this.indicators = { database, queue, storage, disk, model, worker };
  }

  /** Of all parts but these. */
  checksBut(excluded: readonly ReadyPart[]): (() => Promise<HealthIndicatorResult>)[] {
    const parts = READY_PARTS.filter((part) => !excluded.includes(part));
    return parts.map((part) => () => this.indicators[part].check());
  }

  checkAll(): Promise<HealthIndicatorResult[]> {
    return Promise.all(this.checksBut([]).map((check) => check()));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { probeHealth } from '../../../platform/health/probe-health.js';
import { BLOB_STORE, type BlobStore } from './blob-store.port.js';

@Injectable()
export class StorageIndicator {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly health: HealthIndicatorService,
  ) {}

  check(): Promise<HealthIndicatorResult> {
    return probeHealth(this.health.check('storage'), () => this.blobs.assertWritable());
  }
}

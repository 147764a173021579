import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { HealthProbe } from '../../../platform/health/health-probe.js';
import { BLOB_STORE, type BlobStore } from './blob-store.port.js';

/** Whether recordings can be written where they lie. */
@Injectable()
export class StorageIndicator {
  private readonly probe: HealthProbe;

  constructor(@Inject(BLOB_STORE) blobs: BlobStore, health: HealthIndicatorService) {
    this.probe = new HealthProbe('storage', health, () => blobs.assertWritable());
  }

  check(): Promise<HealthIndicatorResult> {
    return this.probe.check();
  }
}

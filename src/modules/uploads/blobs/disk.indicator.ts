import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { HealthProbe, type PartDetails } from '../../../platform/health/health-probe.js';
import { freeBytesOf } from '../../../platform/runtime/free-bytes.js';

/** With less nothing works that writes: copies of recordings, an embedded database, models. */
const LEAST_BYTES = 2 ** 20;

/** Whether the disk of the data folder has room, wherever recordings lie. */
@Injectable()
export class DiskIndicator {
  private readonly probe: HealthProbe;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    health: HealthIndicatorService,
  ) {
    this.probe = new HealthProbe('disk', health, () => this.look());
  }

  check(): Promise<HealthIndicatorResult> {
    return this.probe.check();
  }

  /** Below what is to stay free there is no room for recordings, which is no reason to keep those away who read, or delete to make room. */
  private async look(): Promise<PartDetails> {
    const free = await freeBytesOf(this.config.dataDir);
    if (free < LEAST_BYTES) throw new AppError('storage_full', 'The disk is full.');
    return { takes_recordings: free > this.config.uploads.minFreeBytes };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { probeHealth } from '../../../platform/health/probe-health.js';
import { TRANSCRIBER, type Transcriber } from '../engine/transcriber.port.js';
import { ModelCatalogueService } from './model-catalogue.service.js';

@Injectable()
export class ModelIndicator {
  constructor(
    private readonly catalogue: ModelCatalogueService,
    @Inject(TRANSCRIBER) private readonly transcriber: Transcriber,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly health: HealthIndicatorService,
  ) {}

  /** With a worker in this process the engine must answer; without one the model files must be there. */
  check(): Promise<HealthIndicatorResult> {
    return probeHealth(this.health.check('model'), async () => {
      await this.catalogue.resolve(undefined);
      if (this.config.worker.embedded) await this.transcriber.assertReady();
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { HealthProbe } from '../../../platform/health/health-probe.js';
import { TRANSCRIBER, type Transcriber } from '../engine/transcriber.port.js';
import { ModelCatalogueService } from './model-catalogue.service.js';

/** With a worker in this process the engine must answer; without one the model files must be there. */
@Injectable()
export class ModelIndicator {
  private readonly probe: HealthProbe;

  constructor(
    catalogue: ModelCatalogueService,
    @Inject(TRANSCRIBER) transcriber: Transcriber,
    @Inject(APP_CONFIG) config: AppConfig,
    health: HealthIndicatorService,
  ) {
    this.probe = new HealthProbe('model', health, async () => {
      await catalogue.resolve(undefined);
      if (config.worker.embedded) await transcriber.assertReady();
    });
  }

  check(): Promise<HealthIndicatorResult> {
    return this.probe.check();
  }
}

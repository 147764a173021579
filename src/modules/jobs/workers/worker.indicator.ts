import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { HealthProbe } from '../../../platform/health/health-probe.js';
import { WorkerIdentity } from './worker-identity.service.js';
import { WorkersService } from './workers.service.js';

/** Whether somebody works on jobs: this process where it has a worker, else any worker process. */
@Injectable()
export class WorkerIndicator {
  private readonly probe: HealthProbe;

  constructor(
    private readonly workers: WorkersService,
    private readonly own: WorkerIdentity,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    health: HealthIndicatorService,
  ) {
    this.probe = new HealthProbe('worker', health, () => this.look());
  }

  check(): Promise<HealthIndicatorResult> {
    return this.probe.check();
  }

  /** Worker processes that stopped in order have left the register and are not missed: jobs wait for the next one. */
  private async look(): Promise<void> {
    const workers = await this.workers.list();
    const live = workers.filter(({ state }) => state !== 'gone');
    if (this.config.worker.embedded) {
      if (!live.some(({ id }) => id === this.own.id))
        throw missing('The worker of this process does not beat.');
    } else if (workers.length > 0 && live.length === 0) throw missing('All workers are gone.');
  }
}

function missing(detail: string): AppError {
  return new AppError('service_unavailable', detail);
}

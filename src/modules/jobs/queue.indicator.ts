import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { HealthProbe } from '../../platform/health/health-probe.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.port.js';

@Injectable()
export class QueueIndicator {
  private readonly probe: HealthProbe;

  constructor(@Inject(JOB_QUEUE) queue: JobQueue, health: HealthIndicatorService) {
    this.probe = new HealthProbe('queue', health, () => queue.assertWorking());
  }

  check(): Promise<HealthIndicatorResult> {
    return this.probe.check();
  }
}

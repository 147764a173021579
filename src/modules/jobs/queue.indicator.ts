import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { probeHealth } from '../../platform/health/probe-health.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.port.js';

@Injectable()
export class QueueIndicator {
  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    private readonly health: HealthIndicatorService,
  ) {}

  check(): Promise<HealthIndicatorResult> {
    return probeHealth(this.health.check('queue'), () => this.queue.assertWorking());
  }
}

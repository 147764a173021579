import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { addReadGauge } from '../../../platform/metrics/read-gauge.js';
import { DeliveriesRepository } from './deliveries.repository.js';

/** Series about webhooks. */
@Injectable()
export class WebhookMetrics {
  private readonly attempts = new Counter({
    name: 'whisper_webhook_deliveries_total',
    help: 'Attempts to deliver webhooks: delivered, failed (and to be tried again), dead (and not)',
    labelNames: ['outcome'],
  });

  constructor(deliveries: DeliveriesRepository, unitOfWork: UnitOfWork) {
    addReadGauge(
      { name: 'whisper_webhook_deliveries_pending', help: 'Webhook deliveries that have not ended' },
      async () => {
        const pending = await unitOfWork.read(() => deliveries.countPending());
        return (gauge) => {
          gauge.set(pending);
        };
      },
    );
  }

  count(outcome: 'delivered' | 'failed' | 'dead'): void {
    this.attempts.inc({ outcome });
  }
}

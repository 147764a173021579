import { Module } from '@nestjs/common';
import { JobOrdersController } from './job-orders.controller.js';
import { JobsController } from './jobs.controller.js';
import { DeliveriesController } from './webhooks/deliveries.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { JobsModule } from './jobs.module.js';

@Module({
  imports: [JobsModule],
  // Deliveries before webhooks, of which one could otherwise be called "deliveries".
  controllers: [
    JobsController,
    JobOrdersController,
    UsageController,
    DeliveriesController,
    WebhooksController,
  ],
})
export class JobsHttpModule {}

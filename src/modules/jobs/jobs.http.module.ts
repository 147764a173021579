import { Module } from '@nestjs/common';
import { JobOrdersController } from './job-orders.controller.js';
import { AuthModule } from '../auth/auth.module.js';
import { BatchesController } from './batches/batches.controller.js';
import { JobsController } from './jobs.controller.js';
import { DeliveriesController } from './webhooks/deliveries.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { JobsModule } from './jobs.module.js';
import { EventStreams } from './streams/event-streams.js';
import { JobNewsPresenter } from './streams/job-news.presenter.js';
import { JobStreamsController } from './streams/job-streams.controller.js';
import { JobStreamsService } from './streams/job-streams.service.js';
import { StreamSlots } from './streams/stream-slots.service.js';

@Module({
  imports: [AuthModule, JobsModule],
  providers: [EventStreams, JobNewsPresenter, JobStreamsService, StreamSlots],
  exports: [JobStreamsService, StreamSlots],
  // Fixed paths before those with an id.
  controllers: [
    BatchesController,
    JobStreamsController,
    JobsController,
    JobOrdersController,
    UsageController,
    DeliveriesController,
    WebhooksController,
  ],
})
export class JobsHttpModule {}

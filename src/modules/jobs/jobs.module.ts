import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { REDIS } from '../../platform/redis/redis.module.js';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { AddressGuard } from '../../platform/net/address-guard.js';
import { Clock } from '../../platform/runtime/clock.js';
import { AuthModule } from '../auth/auth.module.js';
import { BullJobQueue } from './adapters/bull.job-queue.js';
import { EmbeddedJobQueue } from './adapters/embedded.job-queue.js';
import { InProcessProgressBus } from './adapters/in-process.progress-bus.js';
import { RedisProgressBus } from './adapters/redis.progress-bus.js';
import { CALL_QUEUE } from './call-queue.module.js';
import { JobBatch } from './batches/job-batch.entity.js';
import { BatchesRepository } from './batches/batches.repository.js';
import { BatchesService } from './batches/batches.service.js';
import { ClaimsService } from './claims.service.js';
import { JobPresenter } from './job.presenter.js';
import { EndedJob } from './figures/ended-job.entity.js';
import { JobMetrics } from './figures/job.metrics.js';
import { JobSeriesRepository } from './figures/job-series.repository.js';
import { JobSeriesService } from './figures/job-series.service.js';
import { QueueFiguresRepository } from './figures/queue-figures.repository.js';
import { QueueFiguresService } from './figures/queue-figures.service.js';
import { JobDeletion } from './history/job-deletion.entity.js';
import { JobEvent } from './history/job-event.entity.js';
import { JobEventsRepository } from './history/job-events.repository.js';
import { JobOrdersService } from './job-orders.service.js';
import { JobPersonalData } from './job-personal-data.js';
import { JobListsRepository } from './lists/job-lists.repository.js';
import { JobListsService } from './lists/job-lists.service.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.port.js';
import { JobResultRegistry } from './job-result.registry.js';
import { Job } from './job.entity.js';
import { JobTransitionsRepository } from './job-transitions.repository.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';
import { JobEventWritersRegistry } from './outbox/job-event-writers.registry.js';
import { OutboxBell } from './outbox/outbox-bell.js';
import { OutboxRelayService } from './outbox/outbox-relay.service.js';
import { PROGRESS_BUS, type ProgressBus } from './progress-bus.port.js';
import { QueueIndicator } from './queue.indicator.js';
import { ReconcilerService } from './reconciler.service.js';
import { JobSights } from './streams/job-sights.js';
import { OwnerSights } from './streams/owner-sights.js';
import { QueuePositions } from './streams/queue-positions.js';
import { StorageUsageRegistry } from './usage/storage-usage.registry.js';
import { UsageDay } from './usage/usage-day.entity.js';
import { UsageRepository } from './usage/usage.repository.js';
import { UsageService } from './usage/usage.service.js';
import { DeliveriesCleanupService } from './webhooks/deliveries-cleanup.service.js';
import { DeliveriesRepository } from './webhooks/deliveries.repository.js';
import { DeliveriesService } from './webhooks/deliveries.service.js';
import { DeliveryAttemptsService } from './webhooks/delivery-attempts.service.js';
import { WebhookDelivery } from './webhooks/webhook-delivery.entity.js';
import { TranscriptWebhooksService } from './webhooks/transcript-webhooks.service.js';
import { WebhookEventsWriter } from './webhooks/webhook-events.writer.js';
import { WebhookSecret } from './webhooks/webhook-secret.entity.js';
import { WebhookSecretsRepository } from './webhooks/webhook-secrets.repository.js';
import { WebhookSecretsService } from './webhooks/webhook-secrets.service.js';
import { WebhookSenderService } from './webhooks/webhook-sender.service.js';
import { WebhookTargetsService } from './webhooks/webhook-targets.service.js';
import { Webhook } from './webhooks/webhook.entity.js';
import { WebhookMetrics } from './webhooks/webhook.metrics.js';
import { WebhooksRepository } from './webhooks/webhooks.repository.js';
import { WebhooksService } from './webhooks/webhooks.service.js';

import { WorkerIdentity } from './workers/worker-identity.service.js';
import { WorkerIndicator } from './workers/worker.indicator.js';
import { Worker } from './workers/worker.entity.js';
import { WorkerMetrics } from './workers/worker.metrics.js';
import { WorkersRepository } from './workers/workers.repository.js';
import { WorkersService } from './workers/workers.service.js';

export const JOBS_ENTITIES = [
  EndedJob,
  Job,
  JobBatch,
  JobDeletion,
  JobEvent,
  UsageDay,
  Webhook,
  WebhookSecret,
  WebhookDelivery,
  Worker,
];

@Module({
  imports: [TerminusModule, AuthModule],
  providers: [
    {
      provide: PROGRESS_BUS,
      inject: [REDIS, WorkerIdentity],
      useFactory: (redis: Redis | null, { id }: WorkerIdentity): ProgressBus => {
        const local = new InProcessProgressBus();
        return redis === null ? local : new RedisProgressBus(redis, local, id);
      },
    },
    {
      provide: JOB_QUEUE,
      inject: [CALL_QUEUE, ClaimsService, Clock],
      useFactory: (queue: Queue | null, claims: ClaimsService, clock: Clock): JobQueue =>
        queue === null ? new EmbeddedJobQueue(claims) : new BullJobQueue(queue, claims, clock),
    },
    {
      provide: WebhookTargetsService,
      inject: [APP_CONFIG],
      useFactory: ({ webhooks }: AppConfig) =>
        new WebhookTargetsService(new AddressGuard(webhooks.allow), webhooks.timeoutMs),
    },
    BatchesRepository,
    BatchesService,
    ClaimsService,
    DeliveriesCleanupService,
    DeliveriesRepository,
    DeliveriesService,
    DeliveryAttemptsService,
    JobPresenter,
    JobEventsRepository,
    JobEventWritersRegistry,
    JobListsRepository,
    JobListsService,
    JobOrdersService,
    JobPersonalData,
    JobResultRegistry,
    JobSeriesRepository,
    JobSeriesService,
    JobSights,
    JobTransitionsRepository,
    JobsRepository,
    JobsService,
    OutboxBell,
    OutboxRelayService,
    OwnerSights,
    JobMetrics,
    QueueFiguresRepository,
    QueueFiguresService,
    QueueIndicator,
    QueuePositions,
    ReconcilerService,
    StorageUsageRegistry,
    TranscriptWebhooksService,
    UsageRepository,
    UsageService,
    WebhookEventsWriter,
    WebhookMetrics,
    WebhookSecretsRepository,
    WebhookSecretsService,
    WebhookSenderService,
    WebhooksRepository,
    WebhooksService,
    WorkerIdentity,
    WorkerMetrics,
    WorkerIndicator,
    WorkersRepository,
    WorkersService,
  ],
  exports: [
    JOB_QUEUE,
    BatchesService,
    ClaimsService,
    DeliveriesService,
    JobEventsRepository,
    JobListsService,
    JobOrdersService,
    JobPresenter,
    JobResultRegistry,
    JobSeriesService,
    JobSights,
    JobsService,
    OwnerSights,
    QueueFiguresService,
    PROGRESS_BUS,
    QueueIndicator,
    QueuePositions,
    StorageUsageRegistry,
    TranscriptWebhooksService,
    UsageService,
    WebhookTargetsService,
    WebhooksService,
    WorkerIdentity,
    WorkerIndicator,
    WorkersService,
  ],
})
export class JobsModule {}

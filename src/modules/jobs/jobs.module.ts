import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AuthModule } from '../auth/auth.module.js';
import { EmbeddedJobQueue } from './adapters/embedded.job-queue.js';
import { InProcessProgressBus } from './adapters/in-process.progress-bus.js';
import { BatchesRepository } from './batches/batches.repository.js';
import { BatchesService } from './batches/batches.service.js';
import { ClaimsService } from './claims.service.js';
import { JobPresenter } from './job.presenter.js';
import { JobEvent } from './history/job-event.entity.js';
import { JobEventsRepository } from './history/job-events.repository.js';
import { JobOrdersService } from './job-orders.service.js';
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
import { PROGRESS_BUS } from './progress-bus.port.js';
import { QueueIndicator } from './queue.indicator.js';
import { ReconcilerService } from './reconciler.service.js';
import { StorageUsageRegistry } from './usage/storage-usage.registry.js';
import { UsageDay } from './usage/usage-day.entity.js';
import { UsageRepository } from './usage/usage.repository.js';
import { UsageService } from './usage/usage.service.js';
import { WorkerIdentity } from './worker-identity.js';

export const JOBS_ENTITIES = [Job, JobEvent, UsageDay];

@Module({
  imports: [TerminusModule, AuthModule],
  providers: [
    { provide: PROGRESS_BUS, useClass: InProcessProgressBus },
    {
      provide: JOB_QUEUE,
      inject: [ClaimsService],
      useFactory: (claims: ClaimsService): JobQueue => new EmbeddedJobQueue(claims),
    },
    BatchesRepository,
    BatchesService,
    ClaimsService,
    JobPresenter,
    JobEventsRepository,
    JobEventWritersRegistry,
    JobListsRepository,
    JobListsService,
    JobOrdersService,
    JobResultRegistry,
    JobTransitionsRepository,
    JobsRepository,
    JobsService,
    OutboxBell,
    OutboxRelayService,
    QueueIndicator,
    ReconcilerService,
    StorageUsageRegistry,
    UsageRepository,
    UsageService,
    WorkerIdentity,
  ],
  exports: [
    JOB_QUEUE,
    BatchesService,
    ClaimsService,
    JobEventsRepository,
    JobListsService,
    JobOrdersService,
    JobPresenter,
    JobResultRegistry,
    JobsService,
    PROGRESS_BUS,
    QueueIndicator,
    StorageUsageRegistry,
    UsageService,
  ],
})
export class JobsModule {}

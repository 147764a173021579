import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { EmbeddedJobQueue } from './adapters/embedded.job-queue.js';
import { InProcessProgressBus } from './adapters/in-process.progress-bus.js';
import { ClaimsService } from './claims.service.js';
import { JobPresenter } from './job.presenter.js';
import { JOB_QUEUE, type JobQueue } from './job-queue.port.js';
import { JobResultRegistry } from './job-result.registry.js';
import { Job } from './job.entity.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';
import { PROGRESS_BUS } from './progress-bus.port.js';
import { QueueIndicator } from './queue.indicator.js';
import { ReconcilerService } from './reconciler.service.js';
import { StorageUsageRegistry } from './usage/storage-usage.registry.js';
import { UsageDay } from './usage/usage-day.entity.js';
import { UsageRepository } from './usage/usage.repository.js';
import { UsageService } from './usage/usage.service.js';

export const JOBS_ENTITIES = [Job, UsageDay];

@Module({
  imports: [TerminusModule],
  providers: [
    { provide: PROGRESS_BUS, useClass: InProcessProgressBus },
    {
      provide: JOB_QUEUE,
      inject: [ClaimsService],
      useFactory: (claims: ClaimsService): JobQueue => new EmbeddedJobQueue(claims),
    },
    ClaimsService,
    JobPresenter,
    JobResultRegistry,
    JobsRepository,
    JobsService,
    QueueIndicator,
    ReconcilerService,
    StorageUsageRegistry,
    UsageRepository,
    UsageService,
  ],
  exports: [
    JOB_QUEUE,
    ClaimsService,
    JobPresenter,
    JobResultRegistry,
    JobsService,
    QueueIndicator,
    StorageUsageRegistry,
    UsageService,
  ],
})
export class JobsModule {}

import { Module } from '@nestjs/common';
import { JobOrdersController } from './job-orders.controller.js';
import { JobsController } from './jobs.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { JobsModule } from './jobs.module.js';

@Module({ imports: [JobsModule], controllers: [JobsController, JobOrdersController, UsageController] })
export class JobsHttpModule {}

import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { JobsModule } from './jobs.module.js';

@Module({ imports: [JobsModule], controllers: [JobsController, UsageController] })
export class JobsHttpModule {}

import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { JobsModule } from '../jobs/jobs.module.js';
import { TranscriptionModule } from '../transcription/transcription.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { HealthController } from './health.controller.js';
import { HealthMetrics } from './health.metrics.js';
import { ReadinessParts } from './readiness-parts.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), JobsModule, TranscriptionModule, UploadsModule],
  controllers: [HealthController],
  providers: [HealthMetrics, ReadinessParts],
})
export class HealthModule {}

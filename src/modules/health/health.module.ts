import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TranscriptionModule } from '../transcription/transcription.module.js';
import { HealthController } from './health.controller.js';
import { HealthMetrics } from './health.metrics.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), TranscriptionModule],
  controllers: [HealthController],
  providers: [HealthMetrics],
})
export class HealthModule {}

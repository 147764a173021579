import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { TranscriptionModule } from './transcription.module.js';
import { SlotMetrics } from './worker/slot.metrics.js';
import { TranscriptionRunner } from './worker/transcription.runner.js';
import { WorkerHeartbeatService } from './worker/worker-heartbeat.service.js';
import { WorkerRunner } from './worker/worker.runner.js';

/** Imported by processes that transcribe. */
@Module({
  imports: [TranscriptionModule, JobsModule, UploadsModule],
  providers: [SlotMetrics, TranscriptionRunner, WorkerHeartbeatService, WorkerRunner],
})
export class TranscriptionWorkerModule {}

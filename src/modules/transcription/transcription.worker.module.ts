import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { TranscriptionModule } from './transcription.module.js';
import { EmbeddedRunner } from './worker/embedded.runner.js';
import { TranscriptionRunner } from './worker/transcription.runner.js';

/** Imported by processes that transcribe. */
@Module({
  imports: [TranscriptionModule, JobsModule, UploadsModule],
  providers: [TranscriptionRunner, EmbeddedRunner],
})
export class TranscriptionWorkerModule {}

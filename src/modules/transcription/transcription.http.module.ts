import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { ModelsController } from './models/models.controller.js';
import { UploadController } from './requests/upload.controller.js';
import { UploadReader } from './requests/upload.reader.js';
import { TranscriptionModule } from './transcription.module.js';
import { TranscriptsController } from './transcripts/transcripts.controller.js';

@Module({
  imports: [AuthModule, TranscriptionModule, JobsModule, UploadsModule],
  providers: [UploadReader],
  controllers: [ModelsController, UploadController, TranscriptsController],
})
export class TranscriptionHttpModule {}

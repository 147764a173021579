import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { ModelsController } from './models/models.controller.js';
import { UploadController } from './requests/upload.controller.js';
import { ChunkedUploadsService } from './requests/chunked/chunked-uploads.service.js';
import { ChunkedUploadsController } from './requests/chunked/chunked-uploads.controller.js';
import { UploadsController } from './requests/chunked/uploads.controller.js';
import { UploadFinisherService } from './requests/upload-finisher.service.js';
import { UploadRecoveryService } from './requests/upload-recovery.service.js';
import { UploadReader } from './requests/upload.reader.js';
import { TranscriptionModule } from './transcription.module.js';
import { TranscriptsController } from './transcripts/transcripts.controller.js';

@Module({
  imports: [TranscriptionModule, JobsModule, UploadsModule],
  providers: [ChunkedUploadsService, UploadFinisherService, UploadReader, UploadRecoveryService],
  controllers: [
    ModelsController,
    ChunkedUploadsController,
    UploadController,
    UploadsController,
    TranscriptsController,
  ],
})
export class TranscriptionHttpModule {}

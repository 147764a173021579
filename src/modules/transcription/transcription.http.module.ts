import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { ModelsController } from './models/models.controller.js';
import { UploadController } from './requests/upload.controller.js';
import { ChunkedUploadsService } from './requests/chunked/chunked-uploads.service.js';
import { ChunkedUploadsController } from './requests/chunked/chunked-uploads.controller.js';
import { UploadsController } from './requests/chunked/uploads.controller.js';
import { TusController } from './requests/tus/tus.controller.js';
import { TusServer } from './requests/tus/tus.server.js';
import { UploadFinisherService } from './requests/upload-finisher.service.js';
import { UploadRecoveryService } from './requests/upload-recovery.service.js';
import { UploadReader } from './requests/upload.reader.js';
import { TranscriptionModule } from './transcription.module.js';
import { TranscriptsController } from './transcripts/transcripts.controller.js';

@Module({
  imports: [TranscriptionModule, JobsModule, UploadsModule],
  providers: [ChunkedUploadsService, TusServer, UploadFinisherService, UploadReader, UploadRecoveryService],
  controllers: [
    ModelsController,
    TusController,
    ChunkedUploadsController,
    UploadController,
    UploadsController,
    TranscriptsController,
  ],
})
export class TranscriptionHttpModule {}

import { Module } from '@nestjs/common';
import { MediaController } from './media/media.controller.js';
import { MediaPeaksController } from './media/peaks/media-peaks.controller.js';
import { MediaRetentionController } from './media/retention/media-retention.controller.js';
import { UploadsModule } from './uploads.module.js';

/** The routes about recordings. Those whose path is a name come before those whose path is an id. */
@Module({
  imports: [UploadsModule],
  controllers: [MediaRetentionController, MediaPeaksController, MediaController],
})
export class UploadsHttpModule {}

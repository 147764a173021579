import { Module } from '@nestjs/common';
import { MediaController } from './media/media.controller.js';
import { UploadsModule } from './uploads.module.js';

/** The routes about recordings. */
@Module({ imports: [UploadsModule], controllers: [MediaController] })
export class UploadsHttpModule {}

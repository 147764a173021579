import { Module } from '@nestjs/common';
import { TranscriptionModule } from '../transcription/transcription.module.js';
import { AdminModelsController } from './admin-models.controller.js';

/** What administrators do, over the services of the other rooms. */
@Module({ imports: [TranscriptionModule], controllers: [AdminModelsController] })
export class AdminHttpModule {}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import { onFoundation, type ProcessSurroundings } from './foundation.js';
import { HealthModule } from './modules/health/health.module.js';
import { TranscriptionWorkerModule } from './modules/transcription/transcription.worker.module.js';

/** A process that does nothing but work on jobs: the same rooms without routes, but for health and metrics. */
@Global()
@Module({})
export class WorkerModule {
  static register(surroundings: ProcessSurroundings): DynamicModule {
    return onFoundation(WorkerModule, surroundings, [TranscriptionWorkerModule, HealthModule]);
  }
}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import { onFoundation, type ProcessSurroundings } from './foundation.js';
import { AdminHttpModule } from './modules/admin/admin.http.module.js';
import { AuthHttpModule } from './modules/auth/auth.http.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { JobsHttpModule } from './modules/jobs/jobs.http.module.js';
import { TranscriptionHttpModule } from './modules/transcription/transcription.http.module.js';
import { TranscriptionWorkerModule } from './modules/transcription/transcription.worker.module.js';
import { UploadsHttpModule } from './modules/uploads/uploads.http.module.js';
import { HttpMetricsModule } from './platform/metrics/http-metrics.module.js';

/** The API process: every room with its routes, and a worker unless that runs elsewhere. */
@Global()
@Module({})
export class ApiModule {
  static register(surroundings: ProcessSurroundings): DynamicModule {
    return onFoundation(ApiModule, surroundings, [
      HttpMetricsModule,
      AuthHttpModule,
      UploadsHttpModule,
      JobsHttpModule,
      TranscriptionHttpModule,
      ...(surroundings.config.worker.embedded ? [TranscriptionWorkerModule] : []),
      AdminHttpModule,
      HealthModule,
    ]);
  }
}

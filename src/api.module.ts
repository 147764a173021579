import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { APP_CONFIG, type AppConfig } from './platform/config/app-config.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { loggingModule } from './platform/logging/logging.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { RateLimitModule } from './platform/rate-limit/rate-limit.module.js';
import { UuidV7Generator } from './platform/runtime/id-generator.js';
import { RuntimeModule } from './platform/runtime/runtime.module.js';
import { AdminHttpModule } from './modules/admin/admin.http.module.js';
import { AuthHttpModule } from './modules/auth/auth.http.module.js';
import { AUTH_ENTITIES } from './modules/auth/auth.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { CallQueueModule } from './modules/jobs/call-queue.module.js';
import { JobsHttpModule } from './modules/jobs/jobs.http.module.js';
import { JOBS_ENTITIES } from './modules/jobs/jobs.module.js';
import { TranscriptionHttpModule } from './modules/transcription/transcription.http.module.js';
import { TRANSCRIPTION_ENTITIES } from './modules/transcription/transcription.module.js';
import { TranscriptionWorkerModule } from './modules/transcription/transcription.worker.module.js';
import { UploadsHttpModule } from './modules/uploads/uploads.http.module.js';
import { UPLOADS_ENTITIES } from './modules/uploads/uploads.module.js';

export const ENTITIES = [...AUTH_ENTITIES, ...UPLOADS_ENTITIES, ...JOBS_ENTITIES, ...TRANSCRIPTION_ENTITIES];

/** The API process: every room with its routes, and a worker unless that runs elsewhere. */
@Global()
@Module({})
export class ApiModule {
  static register(config: AppConfig, databaseUrl: string, logger: Logger): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        loggingModule(logger, new UuidV7Generator()),
        RuntimeModule,
        HttpModule,
        MetricsModule,
        // Before the room that asks who it is.
        RateLimitModule,
        DatabaseModule.forRoot(databaseUrl, ENTITIES),
        CallQueueModule.register(config),
        AuthHttpModule,
        UploadsHttpModule,
        JobsHttpModule,
        TranscriptionHttpModule,
        ...(config.worker.embedded ? [TranscriptionWorkerModule] : []),
        AdminHttpModule,
        HealthModule,
      ],
      providers: [{ provide: APP_CONFIG, useValue: config }],
      exports: [APP_CONFIG],
    };
  }
}

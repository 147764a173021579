import type { DynamicModule, ModuleMetadata, Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { APP_CONFIG, type AppConfig } from './platform/config/app-config.js';
import { ConfigInForce } from './platform/config/config-in-force.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { loggingModule } from './platform/logging/logging.module.js';
import { METRICS_ENTITIES, MetricsModule } from './platform/metrics/metrics.module.js';
import { RateLimitModule } from './platform/rate-limit/rate-limit.module.js';
import { UuidV7Generator } from './platform/runtime/id-generator.js';
import { RuntimeModule } from './platform/runtime/runtime.module.js';
import { SETTINGS_ENTITIES, SettingsModule } from './platform/settings/settings.module.js';
import { AUTH_ENTITIES } from './modules/auth/auth.module.js';
import { CallQueueModule } from './modules/jobs/call-queue.module.js';
import { JOBS_ENTITIES } from './modules/jobs/jobs.module.js';
import { TRANSCRIPTION_ENTITIES } from './modules/transcription/transcription.module.js';
import { UPLOADS_ENTITIES } from './modules/uploads/uploads.module.js';

export const ENTITIES = [
  ...SETTINGS_ENTITIES,
  ...METRICS_ENTITIES,
  ...AUTH_ENTITIES,
  ...UPLOADS_ENTITIES,
  ...JOBS_ENTITIES,
  ...TRANSCRIPTION_ENTITIES,
];

/** The module of a process with what every process of the service stands on, and the rooms that this one has besides. */
export function onFoundation(
  module: DynamicModule['module'],
  { config, databaseUrl, logger }: ProcessSurroundings,
  rooms: NonNullable<ModuleMetadata['imports']>,
): DynamicModule {
  const inForce = new ConfigInForce(config);
  const configuration: Provider = { provide: APP_CONFIG, useValue: inForce.config };
  return {
    module,
    imports: [
      loggingModule(logger, new UuidV7Generator()),
      RuntimeModule,
      HttpModule,
      MetricsModule,
      // Before the room that asks who it is.
      RateLimitModule,
      DatabaseModule.forRoot(databaseUrl, ENTITIES),
      SettingsModule.register(inForce),
      CallQueueModule.register(config),
      ...rooms,
    ],
    providers: [configuration],
    exports: [APP_CONFIG],
  };
}

export interface ProcessSurroundings {
  readonly config: AppConfig;
  readonly databaseUrl: string;
  readonly logger: Logger;
}

import { Module } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { MeasuredBlobStore } from './adapters/measured.blob-store.js';
import { openBlobStore } from './adapters/open-blob-store.js';
import { BlobMetrics } from './blob.metrics.js';
import { BLOB_STORE } from './blob-store.port.js';

/** The store that the settings name, for the service and for the commands that work beside it. */
@Module({
  providers: [
    BlobMetrics,
    {
      provide: BLOB_STORE,
      inject: [APP_CONFIG, IdGenerator, Clock, BlobMetrics],
      useFactory: async (config: AppConfig, ids: IdGenerator, clock: Clock, metrics: BlobMetrics) =>
        new MeasuredBlobStore(await openBlobStore(config, ids, clock), metrics),
    },
  ],
  exports: [BLOB_STORE],
})
export class BlobsModule {}

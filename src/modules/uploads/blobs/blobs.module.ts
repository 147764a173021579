import { Module } from '@nestjs/common';
import { APP_CONFIG } from '../../../platform/config/app-config.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { openBlobStore } from './adapters/open-blob-store.js';
import { BLOB_STORE } from './blob-store.port.js';

/** The store that the settings name, for the service and for the commands that work beside it. */
@Module({
  providers: [{ provide: BLOB_STORE, inject: [APP_CONFIG, IdGenerator, Clock], useFactory: openBlobStore }],
  exports: [BLOB_STORE],
})
export class BlobsModule {}

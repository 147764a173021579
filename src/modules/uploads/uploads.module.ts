import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { MediaProbe } from '../../platform/media/media-probe.js';
import { Clock } from '../../platform/runtime/clock.js';
import { IdGenerator } from '../../platform/runtime/id-generator.js';
import { FilesystemBlobStore } from './adapters/filesystem.blob-store.js';
import { BLOB_STORE, type BlobStore } from './blob-store.port.js';
import { IngestService } from './ingest.service.js';
import { MediaFile } from './media-file.entity.js';
import { MediaFilesRepository } from './media-files.repository.js';
import { MediaFilesService } from './media-files.service.js';
import { StorageIndicator } from './storage.indicator.js';

export const UPLOADS_ENTITIES = [MediaFile];

const PROBE_TIMEOUT_MS = 30_000;

@Module({
  imports: [TerminusModule],
  providers: [
    {
      provide: BLOB_STORE,
      inject: [APP_CONFIG, IdGenerator, Clock],
      useFactory: async (config: AppConfig, ids: IdGenerator, clock: Clock): Promise<BlobStore> => {
        const store = new FilesystemBlobStore(join(config.dataDir, 'blobs'), ids, clock);
        await store.prepare();
        return store;
      },
    },
    {
      provide: MediaProbe,
      inject: [APP_CONFIG],
      useFactory: (config: AppConfig) =>
        new MediaProbe({ timeoutMs: PROBE_TIMEOUT_MS, maxDurationSeconds: config.uploads.maxAudioSeconds }),
    },
    IngestService,
    MediaFilesRepository,
    MediaFilesService,
    StorageIndicator,
  ],
  exports: [IngestService, MediaFilesService, StorageIndicator],
})
export class UploadsModule {}

import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { IsolatedPcm } from '../../platform/media/isolated-pcm.js';
import { MediaProbe } from '../../platform/media/media-probe.js';
import { AuthModule } from '../auth/auth.module.js';
import { BlobCollectorService } from './blobs/blob-collector.service.js';
import { BlobReferencesRegistry } from './blobs/blob-references.registry.js';
import { BlobsModule } from './blobs/blobs.module.js';
import { DiscardedBlob } from './blobs/discarded-blob.entity.js';
import { DiscardedBlobsRepository } from './blobs/discarded-blobs.repository.js';
import { DiskIndicator } from './blobs/disk.indicator.js';
import { StorageIndicator } from './blobs/storage.indicator.js';
import { InventoryRepository } from './figures/inventory.repository.js';
import { InventoryService } from './figures/inventory.service.js';
import { UploadFiguresRepository } from './figures/upload-figures.repository.js';
import { UploadFiguresService } from './figures/upload-figures.service.js';
import { UploadMetrics } from './figures/upload.metrics.js';
import { UploadPersonalData } from './upload-personal-data.js';
import { IngestService } from './ingest/ingest.service.js';
import { MaintenanceRun } from './maintenance/maintenance-run.entity.js';
import { MaintenanceRunsRepository } from './maintenance/maintenance-runs.repository.js';
import { MaintenanceService } from './maintenance/maintenance.service.js';
import { MediaFile } from './media/media-file.entity.js';
import { MediaFilesRepository } from './media/media-files.repository.js';
import { MediaFilesService } from './media/media-files.service.js';
import { MediaPeaks } from './media/peaks/media-peaks.entity.js';
import { MediaPeaksRepository } from './media/peaks/media-peaks.repository.js';
import { MediaPeaksService } from './media/peaks/media-peaks.service.js';
import { MediaExpiryService } from './media/retention/media-expiry.service.js';
import { MediaRetention } from './media/retention/media-retention.entity.js';
import { MediaRetentionRepository } from './media/retention/media-retention.repository.js';
import { MediaRetentionService } from './media/retention/media-retention.service.js';
import { MediaUsesRegistry } from './media/retention/media-uses.registry.js';
import { StorageRoomService } from './room/storage-room.service.js';
import { UploadAssemblerService } from './sessions/upload-assembler.service.js';
import { UploadConcatenationService } from './sessions/upload-concatenation.service.js';
import { UploadLeases } from './sessions/upload-leases.service.js';
import { UploadListingService } from './sessions/upload-listing.service.js';
import { UploadPart } from './sessions/upload-part.entity.js';
import { UploadPartsRepository } from './sessions/upload-parts.repository.js';
import { UploadProgressService } from './sessions/upload-progress.service.js';
import { UploadReceiverService } from './sessions/upload-receiver.service.js';
import { UploadSessionBuilder } from './sessions/upload-session.builder.js';
import { UploadSession } from './sessions/upload-session.entity.js';
import { UploadSessionsRepository } from './sessions/upload-sessions.repository.js';
import { UploadSessionsService } from './sessions/upload-sessions.service.js';

export const UPLOADS_ENTITIES = [
  MediaFile,
  MediaPeaks,
  MediaRetention,
  DiscardedBlob,
  UploadSession,
  UploadPart,
  MaintenanceRun,
];

const PROBE_TIMEOUT_MS = 30_000;

@Module({
  imports: [TerminusModule, AuthModule, BlobsModule],
  providers: [
    {
      provide: MediaProbe,
      inject: [APP_CONFIG],
      useFactory: (config: AppConfig) =>
        new MediaProbe({ timeoutMs: PROBE_TIMEOUT_MS, maxDurationSeconds: config.uploads.maxAudioSeconds }),
    },
    { provide: IsolatedPcm, useFactory: () => new IsolatedPcm() },
    BlobCollectorService,
    BlobReferencesRegistry,
    DiscardedBlobsRepository,
    IngestService,
    InventoryRepository,
    InventoryService,
    MaintenanceRunsRepository,
    MaintenanceService,
    MediaExpiryService,
    MediaFilesRepository,
    MediaFilesService,
    MediaPeaksRepository,
    MediaPeaksService,
    MediaRetentionRepository,
    MediaRetentionService,
    MediaUsesRegistry,
    DiskIndicator,
    StorageIndicator,
    StorageRoomService,
    UploadAssemblerService,
    UploadConcatenationService,
    UploadFiguresRepository,
    UploadFiguresService,
    UploadLeases,
    UploadListingService,
    UploadMetrics,
    UploadPersonalData,
    UploadPartsRepository,
    UploadProgressService,
    UploadReceiverService,
    UploadSessionBuilder,
    UploadSessionsRepository,
    UploadSessionsService,
  ],
  exports: [
    MediaProbe,
    IngestService,
    InventoryService,
    MaintenanceService,
    MediaExpiryService,
    MediaFilesService,
    MediaPeaksService,
    MediaRetentionService,
    MediaUsesRegistry,
    DiskIndicator,
    StorageIndicator,
    StorageRoomService,
    UploadAssemblerService,
    UploadConcatenationService,
    UploadFiguresService,
    UploadLeases,
    UploadListingService,
    UploadReceiverService,
    UploadSessionsService,
  ],
})
export class UploadsModule {}

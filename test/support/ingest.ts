import type { MikroORM } from '@mikro-orm/postgresql';
import type { BlobStore } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { UploadFiguresRepository } from '../../src/modules/uploads/figures/upload-figures.repository.js';
import { UploadFiguresService } from '../../src/modules/uploads/figures/upload-figures.service.js';
import { UploadMetrics } from '../../src/modules/uploads/figures/upload.metrics.js';
import { IngestService } from '../../src/modules/uploads/ingest/ingest.service.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { MediaProbe } from '../../src/platform/media/media-probe.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';

/** The way in for bytes, as one process has it. */
export function openIngest(
  orm: MikroORM,
  store: BlobStore,
): { readonly ingest: IngestService; readonly metrics: UploadMetrics } {
  const figures = new UploadFiguresService(new UploadFiguresRepository(orm.em), new UnitOfWork(orm));
  const metrics = new UploadMetrics(figures);
  const probe = new MediaProbe({ timeoutMs: 1000, maxDurationSeconds: 1 });
  return { ingest: new IngestService(store, probe, new UuidV7Generator(), metrics), metrics };
}

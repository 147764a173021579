import type { MikroORM } from '@mikro-orm/postgresql';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import { IdempotencyKeysRepository } from '../../src/modules/auth/idempotency/idempotency-keys.repository.js';
import { IdempotencyService } from '../../src/modules/auth/idempotency/idempotency.service.js';
import { BlobCollectorService } from '../../src/modules/uploads/blobs/blob-collector.service.js';
import { BlobReferencesRegistry } from '../../src/modules/uploads/blobs/blob-references.registry.js';
import type { BlobStore } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { DiscardedBlobsRepository } from '../../src/modules/uploads/blobs/discarded-blobs.repository.js';
import { MediaFilesRepository } from '../../src/modules/uploads/media/media-files.repository.js';
import { StorageRoomService } from '../../src/modules/uploads/room/storage-room.service.js';
import { UploadLeases } from '../../src/modules/uploads/sessions/upload-leases.service.js';
import { UploadPartsRepository } from '../../src/modules/uploads/sessions/upload-parts.repository.js';
import { UploadProgressService } from '../../src/modules/uploads/sessions/upload-progress.service.js';
import { UploadReceiverService } from '../../src/modules/uploads/sessions/upload-receiver.service.js';
import { UploadSessionBuilder } from '../../src/modules/uploads/sessions/upload-session.builder.js';
import type {
  UploadDoor,
  UploadSessionView,
} from '../../src/modules/uploads/sessions/upload-session.view.js';
import { UploadSessionsRepository } from '../../src/modules/uploads/sessions/upload-sessions.repository.js';
import { UploadSessionsService } from '../../src/modules/uploads/sessions/upload-sessions.service.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { Shutdown } from '../../src/platform/runtime/shutdown.js';
import { openAuditTrail } from './audit.js';
import { openIngest } from './ingest.js';
import { openQuotas } from './usage.js';

/** The sessions of uploads as one process has them, for what no request can bring about. */
export class UploadRoom {
  readonly repository: UploadSessionsRepository;
  readonly sessions: UploadSessionsService;
  readonly receiver: UploadReceiverService;
  readonly leases: UploadLeases;
  private readonly progress: UploadProgressService;
  private readonly parts: UploadPartsRepository;
  private readonly unitOfWork: UnitOfWork;

  constructor(
    orm: MikroORM,
    private readonly store: BlobStore,
  ) {
    const ids = new UuidV7Generator();
    const clock = new SystemClock();
    const config = loadAppConfig({}, false);
    const unitOfWork = new UnitOfWork(orm);
    const references = new BlobReferencesRegistry();
    const discarded = new DiscardedBlobsRepository(orm.em);
    const collector = new BlobCollectorService(store, discarded, references, unitOfWork, clock);
    const { ingest, metrics } = openIngest(orm, store);
    const builder = new UploadSessionBuilder(ids, clock, config);
    this.unitOfWork = unitOfWork;
    this.repository = new UploadSessionsRepository(orm.em);
    this.parts = new UploadPartsRepository(orm.em);
    const media = new MediaFilesRepository(orm.em);
    const quotas = openQuotas(orm, unitOfWork, config);
    const room = new StorageRoomService(store, media, this.repository, unitOfWork, quotas, config);
    this.sessions = new UploadSessionsService(
      this.repository,
      this.parts,
      collector,
      references,
      room,
      openAuditTrail(orm, unitOfWork),
      new IdempotencyService(new IdempotencyKeysRepository(orm.em), unitOfWork, ids, config),
      unitOfWork,
      builder,
      clock,
      metrics,
      config,
    );
    this.progress = new UploadProgressService(this.repository, unitOfWork);
    this.receiver = new UploadReceiverService(
      store,
      ingest,
      room,
      builder,
      this.repository,
      this.parts,
      this.progress,
      unitOfWork,
      ids,
      clock,
      new Shutdown(),
      metrics,
    );
    this.leases = new UploadLeases(this.repository, unitOfWork, ids);
  }

  begin(sizeBytes: number, door: UploadDoor = 'tus'): Promise<UploadSessionView> {
    const actor = {
      kind: 'local',
      principal: LOCAL_PRINCIPAL,
      address: '127.0.0.1',
      requestId: null,
    } as const;
    const upload = { door, originalFilename: 'talk.wav', sizeBytes, options: {} } as const;
    return this.sessions.begin(actor, upload);
  }

  /** What the parts of a session come to, in order. */
  async read(id: string): Promise<string> {
    const pieces: Buffer[] = [];
    for (const { blobKey, sizeBytes } of await this.unitOfWork.read(() => this.parts.list(id)))
      for await (const piece of await this.store.read(blobKey, { start: 0, end: Number(sizeBytes) - 1 }))
        pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  }

  close(): void {
    this.progress.onModuleDestroy();
    this.leases.onModuleDestroy();
  }
}

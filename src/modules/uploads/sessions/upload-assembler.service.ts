import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { emptyFile } from '../../../platform/errors/empty-file.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { BlobCollectorService } from '../blobs/blob-collector.service.js';
import { BLOB_STORE, BlobMissingError, type BlobStore } from '../blobs/blob-store.port.js';
import { IngestService, type IngestedFile, type StoredBytes } from '../ingest/ingest.service.js';
import { StorageRoomService } from '../room/storage-room.service.js';
import type { UploadPart } from './upload-part.entity.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import type { UploadSessionView } from './upload-session.view.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';

/** Makes one file of the parts of a session. The caller holds its lease. */
@Injectable()
export class UploadAssemblerService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly ingest: IngestService,
    private readonly room: StorageRoomService,
    private readonly sessions: UploadSessionsRepository,
    private readonly parts: UploadPartsRepository,
    private readonly collector: BlobCollectorService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * The file belongs to the session until a media file takes it over: asked again it is there.
   *
   * @throws AppError empty_file, upload_incomplete, upload_hash_mismatch, upload_not_active, storage_full, storage_quota_exceeded,
   *   storage_unavailable; what is wrong with the file
   */
  async assemble(session: UploadSessionView): Promise<IngestedFile> {
    const whole = await this.makeWhole(session);
    try {
      return await this.ingest.inspect(whole);
    } catch (error) {
      if (!(error instanceof BlobMissingError)) throw error;
      throw givenUp(error);
    }
  }

  private async makeWhole(session: UploadSessionView): Promise<StoredBytes> {
    const parts = await this.unitOfWork.read(() => this.parts.list(session.id));
    if (parts.length === 0) throw emptyFile();
    const only = onlyPart(parts);
    if (only === null) return this.join(session, parts);
    assertAnnounced(only, session);
    return only;
  }

  private async join(session: UploadSessionView, parts: readonly UploadPart[]): Promise<StoredBytes> {
    const { ownerId, sha256 } = session;
    const admitted = await this.room.admitCopy({ ownerId, sha256, sizeBytes: sumBytes(parts) });
    const bytes = Readable.from(this.concatenate(parts));
    const whole = await this.ingest.store(bytes, admitted).finally(admitted.release);
    try {
      assertAnnounced(whole, session);
      await this.replace(session.id, parts, whole);
      return whole;
    } catch (error) {
      await this.ingest.discardRefused(whole, error);
      throw error;
    }
  }

  /** So that an upload that has to wait is not copied at each try. */
  private async replace(
    sessionId: string,
    parts: readonly UploadPart[],
    { blobKey, sizeBytes, sha256 }: StoredBytes,
  ): Promise<void> {
    const keys = await this.unitOfWork.run(async () => {
      if (!(await this.sessions.move(sessionId, 'assemble', {}, this.clock.now()))) throw givenUp();
      const replaced = new Set(await this.parts.deleteAllOfSession(sessionId));
      // Whoever has taken over the lease may have replaced them by now.
      if (!parts.every((part) => replaced.has(part.blobKey))) throw givenUp();
      await this.parts.insert({ sessionId, number: 0, blobKey, sizeBytes, sha256 });
      await this.collector.discard([...replaced]);
      return [...replaced];
    });
    await this.collector.deleteDiscarded(keys);
  }

  private async *concatenate(parts: readonly UploadPart[]): AsyncGenerator<Buffer> {
    try {
      for (const { blobKey, sizeBytes } of parts) {
        if (sizeBytes === null) throw new Error('A part is still on its way');
        yield* (await this.blobs.read(blobKey, { start: 0, end: sizeBytes - 1 })) as AsyncIterable<Buffer>;
      }
    } catch (error) {
      if (!(error instanceof BlobMissingError)) throw error;
      throw givenUp(error);
    }
  }
}

/**
 * A file that came in one piece is there already. One that was salvaged is copied all the same: whoever wrote it may not know yet that
 * its lease ran out.
 */
function onlyPart(parts: readonly UploadPart[]): StoredBytes | null {
  const [part] = parts;
  if (parts.length !== 1 || part === undefined) return null;
  const { blobKey, sizeBytes, sha256 } = part;
  return sizeBytes === null || sha256 === null ? null : { blobKey, sizeBytes, sha256 };
}

function sumBytes(parts: readonly UploadPart[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}

function givenUp(cause?: unknown): AppError {
  return new AppError('upload_not_active', 'The upload was given up.', { cause });
}

function assertAnnounced(file: StoredBytes, session: UploadSessionView): void {
  if (session.sizeBytes !== null && file.sizeBytes !== session.sizeBytes)
    throw new AppError(
      'upload_incomplete',
      `The file has ${file.sizeBytes} of the ${session.sizeBytes} bytes that were announced.`,
    );
  if (session.sha256 !== null && file.sha256 !== session.sha256)
    throw new AppError(
      'upload_hash_mismatch',
      'The file is not the one whose hash was announced. Upload it again.',
    );
}

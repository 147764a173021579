import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { BLOB_STORE, BlobMissingError, type BlobStore } from '../blobs/blob-store.port.js';
import { IngestService, type StoredBytes } from '../ingest/ingest.service.js';
import type { UploadPart } from './upload-part.entity.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import type { UploadSessionView } from './upload-session.view.js';

export interface AssembledFile extends StoredBytes {
  /** The bytes are those of the only part: they belong to the session until a media file takes them over. */
  readonly isPart: boolean;
}

/** Makes one file of the parts of a session. */
@Injectable()
export class UploadAssemblerService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly ingest: IngestService,
    private readonly parts: UploadPartsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError empty_file, upload_incomplete, upload_hash_mismatch, storage_full, storage_unavailable */
  async assemble(session: UploadSessionView): Promise<AssembledFile> {
    const parts = await this.unitOfWork.read(() => this.parts.list(session.id));
    if (parts.length === 0) throw new AppError('empty_file', 'The file has no content (0 bytes).');
    const file = onlyPart(parts) ?? { ...(await this.join(parts)), isPart: false };
    try {
      assertAnnounced(file, session);
    } catch (error) {
      await this.discardRefused(file, error);
      throw error;
    }
    return file;
  }

  /** For a file that was made for nothing. Parts stay: they go with their session. */
  async discardRefused(file: AssembledFile, reason: unknown): Promise<void> {
    if (!file.isPart) await this.ingest.discardRefused(file, reason);
  }

  private join(parts: readonly UploadPart[]): Promise<StoredBytes> {
    return this.ingest.store(Readable.from(this.concatenate(parts)));
  }

  private async *concatenate(parts: readonly UploadPart[]): AsyncGenerator<Buffer> {
    try {
      for (const { blobKey, sizeBytes } of parts) {
        if (sizeBytes === null) throw new Error('A part is still on its way');
        yield* (await this.blobs.read(blobKey, { start: 0, end: sizeBytes - 1 })) as AsyncIterable<Buffer>;
      }
    } catch (error) {
      if (!(error instanceof BlobMissingError)) throw error;
      throw new AppError('upload_not_active', 'The upload was given up.', { cause: error });
    }
  }
}

/**
 * A file that came in one piece is there already. One that was salvaged is copied all the same: whoever wrote it may not know yet that
 * its lease ran out.
 */
function onlyPart(parts: readonly UploadPart[]): AssembledFile | null {
  const [part] = parts;
  if (parts.length !== 1 || part === undefined) return null;
  const { blobKey, sizeBytes, sha256 } = part;
  return sizeBytes === null || sha256 === null ? null : { blobKey, sizeBytes, sha256, isPart: true };
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

import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { Shutdown } from '../../../platform/runtime/shutdown.js';
import { BLOB_STORE, type BlobStore } from '../blobs/blob-store.port.js';
import { UploadMetrics } from '../figures/upload.metrics.js';
import type { BytesRules } from '../ingest/bytes-rules.view.js';
import { IngestService, type StoredBytes } from '../ingest/ingest.service.js';
import { StorageRoomService } from '../room/storage-room.service.js';
import type { UploadPart } from './upload-part.entity.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import { UploadProgressService } from './upload-progress.service.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';
import { UploadSessionsService } from './upload-sessions.service.js';

const UNSETTLED = { sizeBytes: null, sha256: null };

/** A chunk that is stored. */
export interface ReceivedChunk {
  /** Hex. */
  readonly sha256: string;
  /** It was there already. */
  readonly repeated: boolean;
}

/** Takes the bytes of upload sessions: in order, as far as they come, or by numbered chunks. */
@Injectable()
export class UploadReceiverService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly ingest: IngestService,
    private readonly room: StorageRoomService,
    private readonly sessions: UploadSessionsService,
    private readonly repository: UploadSessionsRepository,
    private readonly parts: UploadPartsRepository,
    private readonly progress: UploadProgressService,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    private readonly shutdown: Shutdown,
    private readonly metrics: UploadMetrics,
  ) {}

  /**
   * Appends to a session whose lease the caller holds. What arrived before the stream broke off, or the service began to stop, is kept.
   *
   * @param onGone called when the session was ended meanwhile: there is no use for more bytes
   * @returns the bytes that were added
   * @throws AppError storage_full, storage_unavailable, upload_not_active; what the rules have to say. Nothing is kept then.
   */
  async append(
    sessionId: string,
    bytes: Readable,
    rules: BytesRules,
    onGone: () => void = () => undefined,
  ): Promise<StoredBytes> {
    await this.room.assertDiskHas(0);
    const blobKey = this.ids.next();
    const { check } = rules;
    // What is to be checked is no part before it was: nothing of it is salvaged when the process dies.
    if (check === undefined) await this.unitOfWork.read(() => this.addPart(sessionId, blobKey, UNSETTLED));
    const arriving = this.progress.begin(sessionId, onGone);
    const stop = (): void => void bytes.destroy();
    this.shutdown.signal.addEventListener('abort', stop);
    try {
      const stored = await this.ingest.storeWhatArrives(blobKey, bytes, {
        ...rules,
        onProgress: (sizeBytes) => {
          arriving.sizeBytes = sizeBytes;
        },
      });
      check?.judge();
      if (stored.sizeBytes === 0) await this.forget(sessionId, blobKey);
      else if (check === undefined) await this.settle(sessionId, stored);
      else await this.addChecked(sessionId, stored);
      return stored;
    } catch (error) {
      await this.forget(sessionId, blobKey);
      throw error;
    } finally {
      this.progress.end(arriving);
      this.shutdown.signal.removeEventListener('abort', stop);
    }
  }

  /** Adds what a process that was killed had received. The caller holds the lease of the session. */
  async recover(sessionId: string): Promise<void> {
    const parts = await this.unitOfWork.read(() => this.parts.listUnsettled(sessionId));
    for (const { blobKey } of parts) {
      const salvaged = await this.blobs.salvage(blobKey);
      if (salvaged === null || salvaged === 0) await this.forget(sessionId, blobKey);
      else await this.settle(sessionId, { blobKey, sizeBytes: salvaged, sha256: null });
    }
  }

  /**
   * Stores one chunk, in any order. The same one again changes nothing, also while the file is made of them.
   *
   * @param sizeBytes that it has to have
   * @param sha256 that it has to have, hex; null where the client does not say
   * @throws AppError chunk_size_wrong, chunk_hash_mismatch, chunk_conflict, upload_not_active, storage_full, storage_unavailable
   */
  async storeChunk(
    sessionId: string,
    number: number,
    bytes: Readable,
    expected: { readonly sizeBytes: number; readonly sha256: string | null },
  ): Promise<ReceivedChunk> {
    await this.room.assertDiskHas(expected.sizeBytes);
    const stored = await this.ingest.store(bytes);
    try {
      assertExpected(stored, expected);
      const added = await this.unitOfWork.run(() => this.addChunk(sessionId, number, stored));
      if (!added) await this.ingest.discard(stored);
      return { sha256: stored.sha256, repeated: !added };
    } catch (error) {
      await this.ingest.discardRefused(stored, error);
      throw error;
    }
  }

  private async addChunk(
    sessionId: string,
    number: number,
    { blobKey, sizeBytes, sha256 }: StoredBytes,
  ): Promise<boolean> {
    const inserted = await this.parts.insert({ sessionId, number, blobKey, sizeBytes, sha256 });
    if (inserted) await this.count(sessionId, sizeBytes);
    else {
      await this.assertSame(sessionId, number, sha256);
      await this.postponeExpiry(sessionId);
    }
    return inserted;
  }

  /** Of a session that is active; any other has no expiry. */
  private async postponeExpiry(sessionId: string): Promise<void> {
    await this.repository.addReceived(sessionId, 0, this.clock.now(), this.sessions.nextExpiry());
  }

  private async assertSame(sessionId: string, number: number, sha256: string): Promise<void> {
    const there: UploadPart | null = await this.parts.find(sessionId, number);
    if (there?.sha256 === sha256) return;
    throw new AppError('chunk_conflict', `Chunk ${number} was sent before, with other bytes.`);
  }

  private async addPart(
    sessionId: string,
    blobKey: string,
    { sizeBytes, sha256 }: Pick<UploadPart, 'sizeBytes' | 'sha256'>,
  ): Promise<void> {
    const number = await this.parts.count(sessionId);
    if (!(await this.parts.insert({ sessionId, number, blobKey, sizeBytes, sha256 }))) throw uploadGone();
  }

  private async addChecked(sessionId: string, stored: StoredBytes): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.addPart(sessionId, stored.blobKey, stored);
      await this.count(sessionId, stored.sizeBytes);
    });
  }

  private async settle(
    sessionId: string,
    { blobKey, sizeBytes, sha256 }: Omit<StoredBytes, 'sha256'> & { readonly sha256: string | null },
  ): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.parts.settle(blobKey, sizeBytes, sha256))) throw uploadGone();
      await this.count(sessionId, sizeBytes);
    });
  }

  private async count(sessionId: string, sizeBytes: number): Promise<void> {
    const expiresAt = this.sessions.nextExpiry();
    const door = await this.repository.addReceived(sessionId, sizeBytes, this.clock.now(), expiresAt);
    if (door === null) throw uploadGone();
    this.unitOfWork.afterCommit(() => {
      this.metrics.countReceived(door, sizeBytes);
    });
  }

  /** Leaves a part that another request has salvaged meanwhile, as the lease of this one had run out. */
  private async forget(sessionId: string, blobKey: string): Promise<void> {
    const settled = await this.unitOfWork.read(async () => {
      await this.parts.deleteUnsettled(blobKey);
      await this.repository.noteArriving([{ sessionId, sizeBytes: 0 }]);
      return this.parts.findReferenced([blobKey]);
    });
    if (!settled.has(blobKey)) await this.blobs.delete(blobKey);
  }
}

function assertExpected(
  stored: StoredBytes,
  expected: { readonly sizeBytes: number; readonly sha256: string | null },
): void {
  if (stored.sizeBytes !== expected.sizeBytes)
    throw new AppError(
      'chunk_size_wrong',
      `The chunk has ${stored.sizeBytes} bytes; this one has to have ${expected.sizeBytes}.`,
    );
  if (expected.sha256 !== null && stored.sha256 !== expected.sha256)
    throw new AppError('chunk_hash_mismatch', 'The chunk is not the one whose hash was sent. Send it again.');
}

function uploadGone(): AppError {
  return new AppError('upload_gone', 'The upload was ended meanwhile.');
}

import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { Shutdown } from '../../../platform/runtime/shutdown.js';
import { BLOB_STORE, BlobMissingError, type BlobStore } from '../blobs/blob-store.port.js';
import { UploadMetrics } from '../figures/upload.metrics.js';
import { tightest, type AdmittedBytes, type BytesRules } from '../ingest/bytes-rules.view.js';
import { IngestService, type StoredBytes } from '../ingest/ingest.service.js';
import { StorageRoomService } from '../room/storage-room.service.js';
import type { UploadPart } from './upload-part.entity.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import { UploadProgressService } from './upload-progress.service.js';
import { notActive, UploadSessionBuilder } from './upload-session.builder.js';
import type { UploadSession } from './upload-session.entity.js';
import type { UploadSessionView } from './upload-session.view.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';

const UNSETTLED = { sizeBytes: null, sha256: null };

/** Bytes that come in order, on their way. */
export interface Arrival {
  readonly bytes: Readable;
  /** Of the first of them in the file. */
  readonly offset: number;
  /** How many they are; null where nobody has said. */
  readonly announcedBytes: number | null;
  readonly rules: BytesRules;
  /** Called when the session was ended meanwhile: there is no use for more bytes. */
  readonly onGone: () => void;
}

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
    private readonly builder: UploadSessionBuilder,
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
   * A caller that has lost the lease without knowing puts nothing behind what others have appended.
   *
   * @returns the bytes that were added
   * @throws AppError storage_full, storage_quota_exceeded, storage_unavailable, upload_gone, upload_offset_wrong; what the rules have to
   *   say. Nothing is kept then.
   */
  async append(session: UploadSessionView, arrival: Arrival): Promise<StoredBytes> {
    const admitted = await this.room.admitArriving(session, arrival.announcedBytes);
    return this.appendAdmitted(session, arrival, admitted).finally(admitted.release);
  }

  private async appendAdmitted(
    session: UploadSessionView,
    arrival: Arrival,
    admitted: AdmittedBytes,
  ): Promise<StoredBytes> {
    const { id: sessionId } = session;
    const { bytes, rules } = arrival;
    const blobKey = this.ids.next();
    // What is to be checked is no part before it was: nothing of it is salvaged when the process dies.
    if (rules.check === undefined)
      await this.unitOfWork.read(() => this.addPart(sessionId, { blobKey, ...UNSETTLED }, arrival.offset));
    const arriving = this.progress.begin(sessionId, arrival.onGone);
    const stop = (): void => void bytes.destroy();
    this.shutdown.signal.addEventListener('abort', stop);
    try {
      const stored = await this.ingest.storeWhatArrives(blobKey, bytes, {
        ...rules,
        ...tightest([...admitted.limits, ...(rules.limit === undefined ? [] : [rules.limit])]),
        onProgress: (sizeBytes) => {
          arriving.sizeBytes = sizeBytes;
          admitted.arrived(sizeBytes);
        },
      });
      rules.check?.judge();
      await admitted.assertStillFits();
      if (stored.sizeBytes === 0) await this.forget(sessionId, blobKey);
      else await this.unitOfWork.run(() => this.keep(session, stored, arrival));
      return stored;
    } catch (error) {
      const isSalvaged = !(await this.forget(sessionId, blobKey));
      throw isSalvaged ? await this.unitOfWork.read(() => this.refusal(sessionId)) : error;
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
      else {
        const part = { blobKey, sizeBytes: salvaged, sha256: null };
        await this.unitOfWork.run(() => this.settle(sessionId, part, null));
      }
    }
  }

  /**
   * Stores one chunk, in any order. The same one again changes nothing, also while the file is made of them. While one is on its way the
   * session does not expire for want of it.
   *
   * @param sizeBytes that it has to have
   * @param sha256 that it has to have, hex; null where the client does not say
   * @throws AppError chunk_size_wrong, chunk_hash_mismatch, chunk_conflict, upload_not_active, upload_gone, storage_full,
   *   storage_unavailable
   */
  async storeChunk(
    sessionId: string,
    number: number,
    bytes: Readable,
    expected: { readonly sizeBytes: number; readonly sha256: string | null },
  ): Promise<ReceivedChunk> {
    const admitted = await this.room.admit(expected.sizeBytes);
    const stored = await this.receiveChunk(sessionId, bytes, admitted).finally(admitted.release);
    try {
      assertExpected(stored, expected);
      const added = await this.placeChunk(sessionId, number, stored);
      if (!added) await this.ingest.discard(stored);
      return { sha256: stored.sha256, repeated: !added };
    } catch (error) {
      await this.ingest.discardRefused(stored, error);
      throw error;
    }
  }

  private async receiveChunk(
    sessionId: string,
    bytes: Readable,
    admitted: AdmittedBytes,
  ): Promise<StoredBytes> {
    await this.unitOfWork.read(() => this.postponeExpiry(sessionId));
    return this.ingest.store(bytes, admitted);
  }

  /** @returns false when it is there already */
  private async placeChunk(sessionId: string, number: number, stored: StoredBytes): Promise<boolean> {
    try {
      return await this.unitOfWork.run(() => this.addChunk(sessionId, number, stored));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // What it met may not have been a chunk but the file that was made of all of them, or the end of the upload.
      const session = await this.unitOfWork.read(() => this.repository.find(sessionId));
      if (session?.status === 'active') throw error;
      if (session?.status !== 'assembling') throw refusalOf(session);
      if (!(await this.isInCopy(session, number, stored))) throw error;
      return false;
    }
  }

  /**
   * Whether the chunk lies in the one copy that has taken the place of all chunks, while the upload waits to be accepted.
   *
   * @throws AppError chunk_conflict when other bytes lie there; as `refusalOf` when the copy is gone meanwhile
   */
  private async isInCopy(
    { id, sizeBytes: wholeBytes, chunkBytes }: UploadSession,
    number: number,
    { sizeBytes, sha256 }: StoredBytes,
  ): Promise<boolean> {
    const parts = await this.unitOfWork.read(() => this.parts.list(id));
    const copy = parts.find((part) => part.sizeBytes === wholeBytes);
    if (copy === undefined) return false;
    const start = number * (chunkBytes ?? 0);
    const hash = createHash('sha256');
    try {
      await pipeline(await this.blobs.read(copy.blobKey, { start, end: start + sizeBytes - 1 }), hash);
    } catch (error) {
      if (!(error instanceof BlobMissingError)) throw error;
      throw await this.unitOfWork.read(() => this.refusal(id));
    }
    if (hash.digest('hex') !== sha256) throw chunkConflict(number);
    return true;
  }

  private async addChunk(
    sessionId: string,
    number: number,
    { blobKey, sizeBytes, sha256 }: StoredBytes,
  ): Promise<boolean> {
    const inserted = await this.parts.insert({ sessionId, number, blobKey, sizeBytes, sha256 });
    if (inserted) await this.count(sessionId, { offset: null, bytes: sizeBytes });
    else {
      await this.assertSame(sessionId, number, sha256);
      await this.postponeExpiry(sessionId);
    }
    return inserted;
  }

  /** Of a session that is active; any other has no expiry. */
  private async postponeExpiry(sessionId: string): Promise<void> {
    const nothing = { offset: null, bytes: 0 };
    await this.repository.addReceived(sessionId, nothing, this.clock.now(), this.builder.nextExpiry());
  }

  private async assertSame(sessionId: string, number: number, sha256: string): Promise<void> {
    const there: UploadPart | null = await this.parts.find(sessionId, number);
    if (there?.sha256 === sha256) return;
    throw chunkConflict(number);
  }

  private keep(session: UploadSessionView, stored: StoredBytes, arrival: Arrival): Promise<void> {
    const add = (): Promise<void> => this.add(session.id, stored, arrival);
    return session.sizeBytes === null ? this.room.reserve({ ownerId: session.ownerId }, add) : add();
  }

  private async add(sessionId: string, stored: StoredBytes, { offset, rules }: Arrival): Promise<void> {
    if (rules.check === undefined) await this.settle(sessionId, stored, offset);
    else {
      await this.addPart(sessionId, stored, offset);
      await this.count(sessionId, { offset, bytes: stored.sizeBytes });
    }
  }

  private async addPart(
    sessionId: string,
    part: Pick<UploadPart, 'blobKey' | 'sizeBytes' | 'sha256'>,
    offset: number,
  ): Promise<void> {
    if (!(await this.parts.insertNext({ sessionId, ...part }, offset))) throw await this.refusal(sessionId);
  }

  private async settle(
    sessionId: string,
    { blobKey, sizeBytes, sha256 }: Omit<StoredBytes, 'sha256'> & { readonly sha256: string | null },
    offset: number | null,
  ): Promise<void> {
    if (!(await this.parts.settle(blobKey, sizeBytes, sha256))) throw await this.refusal(sessionId);
    await this.count(sessionId, { offset, bytes: sizeBytes });
  }

  private async count(
    sessionId: string,
    added: { readonly offset: number | null; readonly bytes: number },
  ): Promise<void> {
    const expiresAt = this.builder.nextExpiry();
    const door = await this.repository.addReceived(sessionId, added, this.clock.now(), expiresAt);
    if (door === null) throw await this.refusal(sessionId);
    this.unitOfWork.afterCommit(() => {
      this.metrics.countReceived(door, added.bytes);
    });
  }

  private async refusal(sessionId: string): Promise<AppError> {
    return refusalOf(await this.repository.find(sessionId));
  }

  /** @returns false for a part that stays: another request has salvaged it meanwhile, as the lease of this one had run out */
  private async forget(sessionId: string, blobKey: string): Promise<boolean> {
    const settled = await this.unitOfWork.read(async () => {
      await this.parts.deleteUnsettled(blobKey);
      await this.repository.noteArriving([{ sessionId, sizeBytes: 0 }]);
      return this.parts.findReferenced([blobKey]);
    });
    if (settled.has(blobKey)) return false;
    await this.blobs.delete(blobKey);
    return true;
  }
}

/** Why a session has taken no bytes, by what has become of it. */
function refusalOf(session: UploadSession | null): AppError {
  if (session?.status === 'active')
    return new AppError(
      'upload_offset_wrong',
      'Another request has appended to the upload meanwhile. Ask where it stands, and go on from there.',
    );
  if (session?.status === 'assembling' || session?.status === 'completed') return notActive(session);
  return new AppError('upload_gone', 'The upload was ended meanwhile.');
}

function chunkConflict(number: number): AppError {
  return new AppError('chunk_conflict', `Chunk ${number} was sent before, with other bytes.`);
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

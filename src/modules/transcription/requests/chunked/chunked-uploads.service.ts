import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { UploadListingService } from '../../../uploads/sessions/upload-listing.service.js';
import {
  UploadReceiverService,
  type ReceivedChunk,
} from '../../../uploads/sessions/upload-receiver.service.js';
import type { UploadSessionView } from '../../../uploads/sessions/upload-session.view.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { toStoredFilename } from '../stored-filename.js';
import { TranscriptionRequestService, type TranscriptionOrder } from '../transcription-request.service.js';
import { toUploadOptions } from '../upload-options.js';
import { UploadFinisherService } from '../upload-finisher.service.js';
import { chooseChunkBytes, countChunks, findMissing, sizeOfChunk } from './chunk-plan.policy.js';

export interface ChunkedFile {
  readonly filename: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string | null;
  readonly order: TranscriptionOrder;
}

/** A session of which the size is known and the chunks are counted. */
export interface ChunkedUpload extends UploadSessionView {
  readonly sizeBytes: number;
  readonly chunkBytes: number;
  readonly totalChunks: number;
}

/** Uploads by numbered chunks of one size, in any order. */
@Injectable()
export class ChunkedUploadsService {
  constructor(
    private readonly sessions: UploadSessionsService,
    private readonly listing: UploadListingService,
    private readonly receiver: UploadReceiverService,
    private readonly finisher: UploadFinisherService,
    private readonly requests: TranscriptionRequestService,
  ) {}

  /** @throws AppError as UploadSessionsService.begin and TranscriptionRequestService.resolveOptions do */
  async begin(actor: KnownActor, file: ChunkedFile): Promise<ChunkedUpload> {
    await this.requests.resolveOptions(actor.principal, file.order);
    const session = await this.sessions.begin(actor, {
      door: 'chunked',
      originalFilename: toStoredFilename(file.filename),
      sizeBytes: file.sizeBytes,
      chunkBytes: chooseChunkBytes(file.sizeBytes),
      sha256: file.sha256,
      options: toUploadOptions(file.order),
    });
    return asChunked(session);
  }

  /** @throws AppError upload_not_found */
  async get(principal: Principal, id: string): Promise<ChunkedUpload> {
    return asChunked(await this.sessions.get(principal, id, 'chunked'));
  }

  /**
   * How many bytes a chunk has to have. Asked before it is read. While the file is made of its chunks they may still be repeated.
   *
   * @throws AppError upload_not_found, upload_expired, upload_not_active, chunk_not_found
   */
  async expectChunk(principal: Principal, id: string, number: number): Promise<number> {
    const upload = await this.get(principal, id);
    if (upload.status !== 'assembling') await this.sessions.assertActive(upload);
    const { sizeBytes, chunkBytes, totalChunks } = upload;
    const size = sizeOfChunk(number, sizeBytes, chunkBytes);
    if (size === null)
      throw new AppError('chunk_not_found', `The upload has chunks 0 to ${totalChunks - 1} only.`);
    return size;
  }

  /** @throws AppError as UploadReceiverService.storeChunk does */
  storeChunk(
    id: string,
    number: number,
    bytes: Readable,
    expected: { readonly sizeBytes: number; readonly sha256: string | null },
  ): Promise<ReceivedChunk> {
    return this.receiver.storeChunk(id, number, bytes, expected);
  }

  /** @returns in order */
  async listMissing({ id, totalChunks }: ChunkedUpload): Promise<number[]> {
    return findMissing(await this.listing.listPartNumbers(id), totalChunks);
  }

  /**
   * Makes a job of the upload; again for one that is completed it tells the same.
   *
   * @returns the numbers of chunks that have to be sent first; null when it is completed
   * @throws AppError upload_not_found, upload_expired, upload_not_active; as UploadFinisherService.finish
   */
  async finalize(actor: KnownActor, id: string): Promise<readonly number[] | null> {
    const { principal } = actor;
    const missing = await this.listMissing(await this.get(principal, id));
    // Looked at after the chunks: they go when somebody else has finished the upload meanwhile.
    const upload = await this.get(principal, id);
    if (upload.status === 'completed') return null;
    if (upload.status !== 'assembling' && (upload.status !== 'active' || missing.length > 0)) {
      await this.sessions.assertActive(upload);
      return missing;
    }
    await this.finisher.finish(id, actor);
    const { status } = await this.get(principal, id);
    if (status !== 'completed') throw new AppError('upload_not_active', `The upload is ${status}.`);
    return null;
  }
}

function asChunked(session: UploadSessionView): ChunkedUpload {
  const { sizeBytes, chunkBytes } = session;
  if (sizeBytes === null || chunkBytes === null) throw new Error('A chunked upload without its plan');
  return { ...session, sizeBytes, chunkBytes, totalChunks: countChunks(sizeBytes, chunkBytes) };
}

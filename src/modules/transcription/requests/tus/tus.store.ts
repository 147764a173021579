import type { Readable } from 'node:stream';
import { DataStore, Metadata, Upload } from '@tus/server';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { UploadReceiverService } from '../../../uploads/sessions/upload-receiver.service.js';
import type { UploadSessionView, UploadStatus } from '../../../uploads/sessions/upload-session.view.js';
import type { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { currentTusRequest } from './tus-request.js';
import { ChecksumCheck } from './upload-checksum.js';

const ENDED: ReadonlySet<UploadStatus> = new Set(['failed', 'cancelled']);

/** The tus library's view of upload sessions. Its methods run under the lease of the session. */
export class TusStore extends DataStore {
  override extensions = [
    'creation',
    'creation-with-upload',
    'creation-defer-length',
    'checksum',
    'concatenation',
    'expiration',
    'termination',
  ];

  constructor(
    private readonly sessions: UploadSessionsService,
    private readonly receiver: UploadReceiverService,
    private readonly maxBytes: number,
  ) {
    super();
  }

  /** The library asks for concatenation by a name that is misspelt. */
  override hasExtension(extension: string): boolean {
    return super.hasExtension(extension === 'concatentation' ? 'concatenation' : extension);
  }

  override async getUpload(id: string): Promise<Upload> {
    const { principal } = currentTusRequest().actor;
    const found = await this.sessions.get(principal, id, 'tus');
    assertNotGone(found);
    const { status } = found;
    if (status === 'active') await this.receiver.recover(id);
    const session =
      status === 'completed' || status === 'assembling'
        ? await this.sessions.get(principal, id, 'tus')
        : await this.sessions.getActive(principal, id, 'tus');
    return new Upload({
      id,
      offset: session.receivedBytes,
      ...(session.sizeBytes === null ? {} : { size: session.sizeBytes }),
      ...(session.metadata === null ? {} : { metadata: Metadata.parse(session.metadata) }),
    });
  }

  override async write(_none: Readable, id: string, offset: number): Promise<number> {
    const request = currentTusRequest();
    const { actor, checksum, http } = request;
    const { sizeBytes } = await this.sessions.get(actor.principal, id, 'tus');
    const limit = { maxBytes: (sizeBytes ?? this.maxBytes) - offset, tooMany };
    const check = checksum === null ? {} : { check: new ChecksumCheck(checksum) };
    const stored = await this.receiver.append(id, http, { limit, ...check }, () => http.destroy());
    request.sha256 = stored.sha256;
    return offset + stored.sizeBytes;
  }

  override async declareUploadLength(id: string, sizeBytes: number): Promise<void> {
    await this.sessions.declareSize(currentTusRequest().actor.principal, id, sizeBytes);
  }

  override async remove(id: string): Promise<void> {
    await this.sessions.cancel(currentTusRequest().actor, id, 'tus');
  }
}

/** @throws AppError upload_gone */
export function assertNotGone({ status }: UploadSessionView): void {
  if (ENDED.has(status)) throw new AppError('upload_gone', `The upload is ${status}. Begin a new one.`);
}

function tooMany(): AppError {
  return new AppError('file_too_large', 'There are more bytes than the upload was announced to have.');
}

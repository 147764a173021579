import type { Readable } from 'node:stream';
import { DataStore, Metadata, Upload } from '@tus/server';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { UploadReceiverService } from '../../../uploads/sessions/upload-receiver.service.js';
import type { UploadSessionView, UploadStatus } from '../../../uploads/sessions/upload-session.view.js';
import type { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { tooManyBytes } from './tus-errors.js';
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
    const request = currentTusRequest();
    await this.receiver.recover(id);
    const session = await this.sessions.get(request.actor.principal, id, 'tus');
    assertNotGone(session);
    const { status } = session;
    if (status !== 'completed' && status !== 'assembling') await this.sessions.assertActive(session);
    request.session = session;
    return new Upload({
      id,
      offset: session.receivedBytes,
      ...(session.sizeBytes === null ? {} : { size: session.sizeBytes }),
      ...(session.metadata === null ? {} : { metadata: Metadata.parse(session.metadata) }),
    });
  }

  override async write(_none: Readable, id: string, offset: number): Promise<number> {
    const request = currentTusRequest();
    const { actor, checksum, http, session: known } = request;
    const session = known ?? (await this.sessions.get(actor.principal, id, 'tus'));
    const limit = {
      maxBytes: (session.sizeBytes ?? this.maxBytes) - offset,
      tooMany: () => tooManyBytes(session.sizeBytes !== null, this.maxBytes),
    };
    const length = http.headers['content-length'];
    const check = checksum === null ? {} : { check: new ChecksumCheck(checksum) };
    const stored = await this.receiver.append(session, {
      bytes: http,
      offset,
      announcedBytes: length === undefined ? null : Number(length),
      rules: { limit, ...check },
      onGone: () => http.destroy(),
    });
    request.sha256 = stored.sha256;
    return offset + stored.sizeBytes;
  }

  override async declareUploadLength(id: string, sizeBytes: number): Promise<void> {
    const request = currentTusRequest();
    await this.sessions.declareSize(request.actor.principal, id, sizeBytes);
    if (request.session !== null) request.session = { ...request.session, sizeBytes };
  }

  override async remove(id: string): Promise<void> {
    await this.sessions.cancel(currentTusRequest().actor, id, 'tus');
  }
}

/** @throws AppError upload_gone */
export function assertNotGone({ status }: UploadSessionView): void {
  if (ENDED.has(status)) throw new AppError('upload_gone', `The upload is ${status}. Begin a new one.`);
}

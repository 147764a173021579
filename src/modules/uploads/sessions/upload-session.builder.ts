import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { UploadSession } from './upload-session.entity.js';
import type { NewUpload, UploadSessionView, UploadStatus } from './upload-session.view.js';

/** Makes new sessions. */
@Injectable()
export class UploadSessionBuilder {
  constructor(
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** @param pieces ids of the uploads that it is made of */
  build(
    actor: KnownActor,
    upload: NewUpload,
    status: UploadStatus,
    pieces: readonly string[] | null = null,
  ): UploadSession {
    const now = this.clock.now();
    return {
      ...ownedBy(actor.principal),
      id: this.ids.next(),
      door: upload.door,
      status,
      originalFilename: upload.originalFilename,
      sizeBytes: upload.sizeBytes,
      receivedBytes: 0,
      arrivingBytes: 0,
      chunkBytes: upload.chunkBytes ?? null,
      sha256: upload.sha256 ?? null,
      options: upload.options,
      metadata: upload.metadata ?? null,
      concat: upload.concat ?? null,
      pieces,
      actor,
      mediaFileId: null,
      jobId: null,
      errorCode: null,
      errorDetail: null,
      waitingFor: null,
      leaseToken: null,
      leaseExpiresAt: null,
      leaseWanted: false,
      createdAt: now,
      updatedAt: now,
      expiresAt: this.nextExpiry(),
    };
  }

  /** Of a session that was gone on with now. */
  nextExpiry(): Date {
    return new Date(this.clock.now().getTime() + this.config.uploads.sessionMs);
  }
}

export function toUploadSessionView(session: UploadSession): UploadSessionView {
  const { id, ownerId, door, status, originalFilename, sizeBytes, receivedBytes, chunkBytes, sha256 } =
    session;
  const { arrivingBytes, options, metadata, concat, mediaFileId, jobId, errorCode, errorDetail } = session;
  const { waitingFor, createdAt, expiresAt } = session;
  return {
    id,
    ownerId,
    door,
    status,
    originalFilename,
    sizeBytes,
    receivedBytes,
    arrivingBytes,
    chunkBytes,
    sha256,
    options,
    metadata,
    concat,
    mediaFileId,
    jobId,
    errorCode,
    errorDetail,
    waitingFor: status === 'assembling' ? waitingFor : null,
    createdAt,
    expiresAt,
  };
}

export function notActive({ status }: Pick<UploadSession, 'status'>): AppError {
  return new AppError('upload_not_active', `The upload is ${status}: it takes no more bytes.`);
}

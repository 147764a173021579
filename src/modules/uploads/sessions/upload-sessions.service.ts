import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import { fileTooLarge } from '../../../platform/errors/file-too-large.js';
import { Clock, DAY_MS } from '../../../platform/runtime/clock.js';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { IdempotencyService } from '../../auth/idempotency/idempotency.service.js';
import { BlobCollectorService } from '../blobs/blob-collector.service.js';
import { BlobReferencesRegistry } from '../blobs/blob-references.registry.js';
import { UploadMetrics } from '../figures/upload.metrics.js';
import type { StoredBytes } from '../ingest/ingest.service.js';
import { StorageRoomService } from '../room/storage-room.service.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import { notActive, toUploadSessionView, UploadSessionBuilder } from './upload-session.builder.js';
import type { UploadSession } from './upload-session.entity.js';
import type { UploadTransition } from './upload-session.machine.js';
import type { NewUpload, UploadDoor, UploadOutcome, UploadSessionView } from './upload-session.view.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';

/** How long one can read what became of an upload. */
const KEPT_AFTER_END_MS = 30 * DAY_MS;
const RETRY_AFTER_SECONDS = 60;

/** The life of upload sessions, from their announcement to their end. */
@Injectable()
export class UploadSessionsService implements OnModuleInit {
  constructor(
    private readonly repository: UploadSessionsRepository,
    private readonly parts: UploadPartsRepository,
    private readonly collector: BlobCollectorService,
    private readonly references: BlobReferencesRegistry,
    private readonly room: StorageRoomService,
    private readonly audit: AuditTrail,
    private readonly idempotency: IdempotencyService,
    private readonly unitOfWork: UnitOfWork,
    private readonly builder: UploadSessionBuilder,
    private readonly clock: Clock,
    private readonly metrics: UploadMetrics,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.references.register((keys) => this.parts.findReferenced(keys));
  }

  /**
   * Bound to the key of an idempotent request: when it is repeated, it gets the session that it began before it was cut off.
   *
   * @throws AppError file_too_large, too_many_uploads, storage_quota_exceeded, storage_full
   */
  async begin(actor: KnownActor, upload: NewUpload): Promise<UploadSessionView> {
    const { createdEarlier } = this.idempotency;
    if (createdEarlier !== null) return this.get(actor.principal, createdEarlier, upload.door);
    await this.room.assertSize(upload.sizeBytes ?? 0);
    const session = this.builder.build(actor, upload, 'active');
    const owner = ownedBy(actor.principal);
    await this.unitOfWork.run(() =>
      this.room.reserve(owner, async () => {
        await this.assertRoomForOne(owner, 0);
        await this.repository.insert(session);
        await this.idempotency.noteCreated(session.id);
      }),
    );
    return toUploadSessionView(session);
  }

  /**
   * Asked early by those who begin a session only after they have done something for it.
   *
   * @param others how many of this owner are about to begin one too
   * @throws AppError too_many_uploads
   */
  async assertMayBegin(principal: Principal, others: number): Promise<void> {
    await this.unitOfWork.read(() => this.assertRoomForOne(ownedBy(principal), others));
  }

  /**
   * @param door only if it came through this one
   * @throws AppError upload_not_found
   */
  async get(principal: Principal, id: string, door?: UploadDoor): Promise<UploadSessionView> {
    return toUploadSessionView(await this.findOwned(principal, id, door));
  }

  /**
   * One that can still receive bytes.
   *
   * @throws AppError upload_not_found, upload_expired, upload_not_active
   */
  async getActive(principal: Principal, id: string, door: UploadDoor): Promise<UploadSessionView> {
    const session = await this.get(principal, id, door);
    await this.assertActive(session);
    return session;
  }

  /**
   * Ends it where it was not gone on with in time.
   *
   * @throws AppError upload_expired, upload_not_active
   */
  async assertActive(session: UploadSessionView): Promise<void> {
    if (session.status === 'expired') throw uploadExpired();
    if (session.status !== 'active') throw notActive(session);
    if (session.expiresAt >= this.clock.now() || isWhole(session)) return;
    if (await this.end(session.id, 'expire')) throw uploadExpired();
    // It was gone on with at this moment, or ended.
    const now = await this.unitOfWork.read(() => this.repository.find(session.id));
    if (now === null) throw uploadExpired();
    await this.assertActive(toUploadSessionView(now));
  }

  /**
   * For a session that began without a size.
   *
   * @throws AppError file_too_large, storage_quota_exceeded, storage_full
   */
  async declareSize(principal: Principal, id: string, sizeBytes: number): Promise<void> {
    const { receivedBytes } = await this.findOwned(principal, id, 'tus');
    const { maxBytes } = this.config.uploads;
    if (sizeBytes > maxBytes) throw fileTooLarge(maxBytes);
    // What has arrived takes its room already.
    await this.room.assertSize(Math.max(0, sizeBytes - receivedBytes));
    await this.unitOfWork.run(() =>
      this.room.reserve(ownedBy(principal), () => this.repository.setSize(id, sizeBytes)),
    );
  }

  /**
   * Gives up an upload: nothing of it remains but the row.
   *
   * @throws AppError upload_not_found, upload_not_active
   */
  async cancel(actor: KnownActor, id: string, door?: UploadDoor): Promise<void> {
    await this.findOwned(actor.principal, id, door);
    const tell = (): Promise<void> => this.audit.record(actor, 'upload.cancelled', id, {});
    if (await this.end(id, 'cancel', {}, tell)) return;
    const ended = await this.findOwned(actor.principal, id, door);
    if (ended.status !== 'cancelled') throw notActive(ended);
  }

  /**
   * From here on the service owes the client an outcome.
   *
   * @returns who began the session; null when it was ended meanwhile
   */
  async beginAssembly(id: string): Promise<{ session: UploadSessionView; actor: KnownActor } | null> {
    return this.unitOfWork.read(async () => {
      if (!(await this.repository.move(id, 'assemble', {}, this.clock.now()))) return null;
      const session = await this.repository.find(id);
      return session === null
        ? null
        : { session: toUploadSessionView(session), actor: reviveActor(session.actor) };
    });
  }

  /**
   * Writes into the transaction that is open, which is that of the media file.
   *
   * @param file the bytes that the media file took over
   * @throws AppError upload_not_active when the session was ended meanwhile: then there is to be no media file
   */
  async complete(id: string, outcome: UploadOutcome, { blobKey, sha256 }: StoredBytes): Promise<void> {
    const moved = await this.repository.move(id, 'complete', { ...outcome, sha256 }, this.clock.now());
    if (!moved) throw new AppError('upload_not_active', 'The upload was given up.');
    const keys = await this.parts.deleteAllOfSession(id);
    const spare = keys.filter((key) => key !== blobKey);
    await this.collector.discard(spare);
    this.unitOfWork.afterCommit(() => void this.collector.deleteDiscarded(spare));
  }

  /** It is tried again later. */
  async noteWaiting(id: string, reason: ErrorCode): Promise<void> {
    await this.unitOfWork.read(() => this.repository.noteWaiting(id, reason));
  }

  /** The file is not what it has to be: that will not change. */
  async fail(id: string, { code, detail }: AppError): Promise<void> {
    if (await this.end(id, 'fail', { errorCode: code, errorDetail: detail })) this.metrics.countFailure(code);
  }

  /** Files that nobody seems to fetch any more, for at least so long. */
  listAbandonedFetches(seconds: number): Promise<readonly string[]> {
    return this.unitOfWork.read(() => this.repository.listAbandonedFetches(seconds));
  }

  /** Nothing more comes of what processes were receiving that are gone. */
  async forgetArriving(): Promise<void> {
    await this.unitOfWork.read(() => this.repository.forgetArriving());
  }

  /** What waits to be assembled while nobody does so. */
  listUnfinished(seconds: number): Promise<readonly string[]> {
    return this.unitOfWork.read(() => this.repository.listUnfinished(seconds));
  }

  /** Ends what was not gone on with, and forgets what ended long ago. */
  async cleanUp(): Promise<void> {
    const now = this.clock.now();
    for (const id of await this.unitOfWork.read(() => this.repository.listExpired(now)))
      await this.end(id, 'expire');
    const before = new Date(now.getTime() - KEPT_AFTER_END_MS);
    await this.unitOfWork.read(() => this.repository.deleteEnded(before));
  }

  /** Deletes the rows in the transaction that is open; the blobs of these keys are to follow when it is done. */
  async deleteAllOf(ownerId: string): Promise<readonly string[]> {
    const keys = await this.parts.listKeysOfOwner(ownerId);
    await this.repository.deleteAllOf(ownerId);
    await this.collector.discard(keys);
    return keys;
  }

  private async assertRoomForOne(owner: OwnerFilter, others: number): Promise<void> {
    const limit = this.config.uploads.maxSessionsPerUser;
    if (limit > 0 && (await this.repository.countOpen(owner)) + others >= limit) throw tooManyUploads(limit);
  }

  private async end(
    id: string,
    transition: UploadTransition,
    reason: { errorCode?: string; errorDetail?: string } = {},
    tell?: () => Promise<void>,
  ): Promise<boolean> {
    const keys = await this.unitOfWork.run(async () => {
      if (!(await this.repository.move(id, transition, reason, this.clock.now()))) return null;
      const discarded = await this.parts.deleteAllOfSession(id);
      await this.collector.discard(discarded);
      await tell?.();
      return discarded;
    });
    await this.collector.deleteDiscarded(keys ?? []);
    return keys !== null;
  }

  private async findOwned(principal: Principal, id: string, door?: UploadDoor): Promise<UploadSession> {
    const find = (): Promise<UploadSession | null> => this.repository.findOwned(id, ownedBy(principal));
    const session = isUuid(id) ? await this.unitOfWork.read(find) : null;
    if (session === null || (door !== undefined && session.door !== door))
      throw new AppError('upload_not_found', 'There is no upload with this id.');
    return session;
  }
}

/** Moments come out of JSON as texts. Whether the credentials were good was judged when the session began. */
function reviveActor(actor: KnownActor): KnownActor {
  return { ...actor, principal: { ...actor.principal, validUntil: null } };
}

/** By tus nobody asks for the end: it comes with the last byte. */
function isWhole({ door, concat, receivedBytes, sizeBytes }: UploadSessionView): boolean {
  return door === 'tus' && concat === null && receivedBytes === sizeBytes;
}

function tooManyUploads(limit: number): AppError {
  return new AppError(
    'too_many_uploads',
    `You have ${limit} uploads that are not finished, the most that there may be. Finish or cancel one.`,
    { retryAfter: RETRY_AFTER_SECONDS },
  );
}

function uploadExpired(): AppError {
  return new AppError('upload_expired', 'The upload was not gone on with in time. Begin a new one.');
}

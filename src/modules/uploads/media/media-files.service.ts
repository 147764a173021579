import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { KeptDays } from '../../../platform/config/media-retention.js';
import { violates } from '../../../platform/database/constraints.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import type { MediaInfo } from '../../../platform/media/media-info.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, isUuid } from '../../../platform/runtime/id-generator.js';
import { SYSTEM_ACTOR, type KnownActor } from '../../auth/access/actor.view.js';
import { OwnersRegistry } from '../../auth/access/owners.registry.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { BlobCollectorService } from '../blobs/blob-collector.service.js';
import { BlobReferencesRegistry } from '../blobs/blob-references.registry.js';
import {
  BLOB_STORE,
  BlobMissingError,
  type BlobStore,
  type ByteRange,
  type LocalFile,
} from '../blobs/blob-store.port.js';
import { IngestService, type IngestedFile } from '../ingest/ingest.service.js';
import { StorageRoomService } from '../room/storage-room.service.js';
import type { MediaFile } from './media-file.entity.js';
import type { KeptMedia, MediaFileView } from './media-file.view.js';
import { MediaFilesRepository } from './media-files.repository.js';
import { expiryOf, MediaRetentionService } from './retention/media-retention.service.js';

const NEEDED_BY_JOB = 'jobs_active_has_media';

export interface OpenedMedia extends MediaFileView {
  readonly read: (range?: ByteRange) => Promise<Readable>;
}

export interface MediaPage {
  readonly media: readonly KeptMedia[];
  readonly total: number;
}

@Injectable()
export class MediaFilesService implements OnModuleInit {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly ingest: IngestService,
    private readonly collector: BlobCollectorService,
    private readonly references: BlobReferencesRegistry,
    private readonly repository: MediaFilesRepository,
    private readonly retention: MediaRetentionService,
    private readonly room: StorageRoomService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    private readonly owners: OwnersRegistry,
  ) {}

  onModuleInit(): void {
    this.references.register((keys) => this.repository.findReferenced(keys));
    this.owners.register('media', async (id) => {
      const media = await this.unitOfWork.read(() => this.repository.find(id));
      return media?.ownerId ?? null;
    });
  }

  /**
   * Makes an ingested file a media file, together with whatever `alsoWrite` writes: both are there afterwards, or neither. Where the owner has
   * the same bytes already they are kept once. The blob comes first, so that no row ever names bytes that are not there.
   *
   * @throws AppError storage_quota_exceeded, database_unavailable; what `alsoWrite` throws
   */
  async adopt<T>(
    principal: Principal,
    file: IngestedFile,
    filename: string,
    alsoWrite: (media: MediaFileView) => Promise<T>,
  ): Promise<T> {
    const { result, spare } = await this.unitOfWork.run(() =>
      this.write(principal, file, filename, alsoWrite),
    );
    await this.collector.deleteDiscarded(spare);
    return result;
  }

  /**
   * The same as a part of the transaction that is open.
   *
   * @throws AppError storage_quota_exceeded; what `alsoWrite` throws
   */
  async adoptWithin<T>(
    principal: Principal,
    file: IngestedFile,
    filename: string,
    alsoWrite: (media: MediaFileView) => Promise<T>,
  ): Promise<T> {
    const { result, spare } = await this.write(principal, file, filename, alsoWrite);
    this.unitOfWork.afterCommit(() => void this.collector.deleteDiscarded(spare));
    return result;
  }

  /** @throws AppError media_not_found */
  async get(principal: Principal, id: string): Promise<KeptMedia> {
    const media = await this.findOwned(principal, id);
    return toKeptMedia(media, await this.retention.find(ownedBy(principal)));
  }

  async list(principal: Principal, offset: number, limit: number): Promise<MediaPage> {
    const owner = ownedBy(principal);
    const keptDays = await this.retention.find(owner);
    const [media, total] = await this.unitOfWork.read(() =>
      this.repository.listNewestFirst(owner, offset, limit),
    );
    return { media: media.map((file) => toKeptMedia(file, keptDays)), total };
  }

  /**
   * What is known of a media file, and a way to its bytes. Reading all of them is told; parts are what players jump to.
   *
   * @throws AppError media_not_found
   */
  async open(actor: KnownActor, id: string): Promise<OpenedMedia> {
    const media = await this.findOwned(actor.principal, id);
    return { ...toMediaFileView(media), read: (range) => this.read(actor, media, range) };
  }

  /**
   * Looks at it anew.
   *
   * @throws AppError media_not_found, storage_unavailable
   */
  async inspect(principal: Principal, id: string): Promise<MediaInfo> {
    const { blobKey, sizeBytes, sha256 } = await this.findOwned(principal, id);
    const { info } = await this.orNotFound(principal, id, () =>
      this.ingest.inspect({ blobKey, sizeBytes, sha256 }),
    );
    return info;
  }

  /**
   * Writes what refers to a media file, in a transaction in which nobody deletes it.
   *
   * @throws AppError media_not_found; what `write` throws
   */
  use<T>(principal: Principal, id: string, write: (media: MediaFileView) => Promise<T>): Promise<T> {
    const owner = ownedBy(principal);
    return this.unitOfWork.run(async () => {
      await this.repository.lockOwner(owner);
      const media = await this.repository.findOwned(id, owner);
      if (media === null) throw mediaNotFound();
      return write(toMediaFileView(media));
    });
  }

  /**
   * Deletes one media file. Its bytes go with the last one that has them.
   *
   * @throws AppError media_not_found, media_in_use
   */
  async delete(actor: KnownActor, id: string): Promise<void> {
    const owner = ownedBy(actor.principal);
    await this.remove(owner, id, (media) => this.audit.record(actor, 'media.deleted', media.id, {}));
  }

  /**
   * The same for one whose time is over, by the service itself.
   *
   * @throws AppError media_not_found, media_in_use
   */
  async expire(owner: OwnerFilter, id: string): Promise<void> {
    const details = { user_id: owner.ownerId };
    await this.remove(owner, id, (media) =>
      this.audit.record(SYSTEM_ACTOR, 'media.expired', media.id, details),
    );
  }

  /**
   * The recording as a local file, for a worker. The caller releases it.
   *
   * @throws AppError storage_unavailable, storage_full
   * @throws the reason of `signal` when that trips
   */
  async openLocal(mediaFileId: string, signal: AbortSignal): Promise<LocalFile> {
    const media = await this.unitOfWork.read(() => this.repository.find(mediaFileId));
    if (media === null) throw new Error('The media file of this job is missing');
    return this.blobs.openLocal(media.blobKey, signal);
  }

  /** Deletes the rows in the transaction that is open; the blobs of these keys are to follow when it is done. */
  async deleteAllOf(ownerId: string): Promise<readonly string[]> {
    await this.repository.lockOwner({ ownerId });
    const keys = await this.repository.deleteAllOf(ownerId);
    await this.collector.discard(keys);
    return keys;
  }

  async deleteBlobs(keys: readonly string[]): Promise<void> {
    await this.collector.deleteDiscarded(keys);
  }

  private async remove(
    owner: OwnerFilter,
    id: string,
    record: (media: MediaFile) => Promise<void>,
  ): Promise<void> {
    try {
      const spare = await this.unitOfWork.run(async () => {
        await this.repository.lockOwner(owner);
        const media = isUuid(id) ? await this.repository.findOwned(id, owner) : null;
        if (media === null) throw mediaNotFound();
        await this.repository.delete(media.id);
        await record(media);
        return this.discardUnreferenced([media.blobKey]);
      });
      await this.collector.deleteDiscarded(spare);
    } catch (error) {
      if (!violates(error, NEEDED_BY_JOB)) throw error;
      throw new AppError('media_in_use', 'A job that is not ended needs this recording.', { cause: error });
    }
  }

  private async read(actor: KnownActor, media: MediaFile, range?: ByteRange): Promise<Readable> {
    const content = await this.orNotFound(actor.principal, media.id, () =>
      this.blobs.read(media.blobKey, range),
    );
    if (range !== undefined) return content;
    try {
      await this.audit.recordAlone(actor, 'media.exported', media.id, {});
      return content;
    } catch (error) {
      content.destroy();
      throw error;
    }
  }

  private async discardUnreferenced(keys: readonly string[]): Promise<readonly string[]> {
    const referenced = await this.repository.findReferenced(keys);
    const spare = keys.filter((key) => !referenced.has(key));
    await this.collector.discard(spare);
    return spare;
  }

  /** Bytes that are missing are no fault where the media file was deleted meanwhile, which is done first. */
  private async orNotFound<T>(principal: Principal, id: string, use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      if (error instanceof BlobMissingError) await this.findOwned(principal, id);
      throw error;
    }
  }

  private async findOwned(principal: Principal, id: string): Promise<MediaFile> {
    const find = (): Promise<MediaFile | null> => this.repository.findOwned(id, ownedBy(principal));
    const media = isUuid(id) ? await this.unitOfWork.read(find) : null;
    if (media === null) throw mediaNotFound();
    return media;
  }

  private async write<T>(
    principal: Principal,
    file: IngestedFile,
    filename: string,
    alsoWrite: (media: MediaFileView) => Promise<T>,
  ): Promise<{ readonly result: T; readonly spare: readonly string[] }> {
    const owner = ownedBy(principal);
    await this.repository.lockOwner(owner);
    const same = await this.repository.findSame(owner, file.sha256, file.sizeBytes);
    if (same === null) await this.room.assertWithinQuota(owner, file.sizeBytes);
    const media = this.build(owner, file, filename, same?.blobKey ?? file.blobKey);
    await this.repository.insert(media);
    const result = await alsoWrite(toMediaFileView(media));
    const spare = same === null ? [] : [file.blobKey];
    // Last, as whoever gives up the upload locks its row before it discards the same blob.
    await this.collector.discard(spare);
    return { result, spare };
  }

  private build(
    owner: OwnerFilter,
    { sha256, sizeBytes, info }: IngestedFile,
    originalFilename: string,
    blobKey: string,
  ): MediaFile {
    const { container, codec, durationSeconds, sampleRate, channels } = info;
    return {
      ...owner,
      id: this.ids.next(),
      originalFilename,
      blobKey,
      sha256,
      sizeBytes,
      container,
      codec,
      durationSeconds,
      sampleRate,
      channels,
      createdAt: this.clock.now(),
    };
  }
}

function mediaNotFound(): AppError {
  return new AppError('media_not_found', 'There is no media file with this id.');
}

function toKeptMedia(media: MediaFile, keptDays: KeptDays): KeptMedia {
  return { ...toMediaFileView(media), expiresAt: expiryOf(media.createdAt, keptDays) };
}

function toMediaFileView(media: MediaFile): MediaFileView {
  const { id, originalFilename, sizeBytes, sha256, container, codec, durationSeconds } = media;
  const { sampleRate, channels, createdAt } = media;
  return {
    id,
    originalFilename,
    sizeBytes,
    sha256,
    container,
    codec,
    durationSeconds,
    sampleRate,
    channels,
    createdAt,
  };
}

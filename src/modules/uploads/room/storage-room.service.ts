import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { fileTooLarge } from '../../../platform/errors/file-too-large.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { UserQuotasService } from '../../auth/users/user-quotas.service.js';
import { BLOB_STORE, type BlobStore } from '../blobs/blob-store.port.js';
import { storageFull } from '../blobs/storage-faults.js';
import type { AdmittedBytes, BytesLimit } from '../ingest/bytes-rules.view.js';
import { MediaFilesRepository } from '../media/media-files.repository.js';
import { UploadSessionsRepository } from '../sessions/upload-sessions.repository.js';
import { DiskClaims } from './disk-claims.js';

/** A file that has arrived in parts. */
export interface FileInParts {
  readonly ownerId: string;
  readonly sizeBytes: number;
  /** As announced. */
  readonly sha256: string | null;
}

/**
 * Says no to a file before its bytes are read, where it is known that it will not fit, and stops it on its way where it is not. What
 * uploads have announced is reserved for them; of those that have not, what has arrived counts. The quota does so over all processes, the
 * room on the disk for the requests of this one.
 */
@Injectable()
export class StorageRoomService {
  private readonly claims = new DiskClaims();

  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly media: MediaFilesRepository,
    private readonly sessions: UploadSessionsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly quotas: UserQuotasService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * @param sizeBytes null where the client does not say
   * @throws AppError file_too_large, storage_quota_exceeded, storage_full
   */
  async assertFits(principal: Principal, sizeBytes: number | null): Promise<void> {
    await this.assertSize(sizeBytes ?? 0);
    await this.unitOfWork.read(() => this.assertReserved(ownedBy(principal), sizeBytes ?? 0));
  }

  /**
   * Without the quota, for what is reserved afterwards.
   *
   * @throws AppError file_too_large, storage_full
   */
  async assertSize(sizeBytes: number): Promise<void> {
    const { maxBytes } = this.config.uploads;
    if (sizeBytes > maxBytes) throw fileTooLarge(maxBytes);
    await this.assertDiskHas(sizeBytes);
  }

  /**
   * Lets `write` announce or count bytes of uploads, in the transaction that is open and alone among those of this owner.
   *
   * @throws AppError storage_quota_exceeded when they are too many then; what `write` throws
   */
  async reserve(owner: OwnerFilter, write: () => Promise<void>): Promise<void> {
    await this.sessions.lockOwner(owner);
    await write();
    await this.assertReserved(owner, 0);
  }

  /**
   * How far bytes may go that are about to come for an upload.
   *
   * @param sizeBytes that the upload has announced, which are reserved for it
   * @param announcedBytes of the request that brings them; null where it does not say
   * @throws AppError storage_full, storage_quota_exceeded when it is known that they are too many
   */
  async admitArriving(
    { ownerId, sizeBytes }: { readonly ownerId: string; readonly sizeBytes: number | null },
    announcedBytes: number | null,
  ): Promise<AdmittedBytes> {
    const quota = sizeBytes === null ? await this.findLimitsOfQuota({ ownerId }) : [];
    for (const { maxBytes, tooMany } of quota) if ((announcedBytes ?? 0) > maxBytes) throw tooMany();
    const admitted = await this.admit(announcedBytes);
    return { ...admitted, limits: [...admitted.limits, ...quota] };
  }

  /**
   * How far bytes may go that the quota has nothing to do with yet: of a request whose file may be one that its owner has already, or of
   * an upload that has announced them.
   *
   * @param announcedBytes null where nobody says how many they are
   * @throws AppError storage_full
   */
  async admit(announcedBytes: number | null): Promise<AdmittedBytes> {
    const limit = await this.limitOfDisk();
    const bytes = announcedBytes ?? 0;
    if (bytes > limit.maxBytes) throw limit.tooMany();
    const claim = this.claims.claim(bytes);
    return {
      limits: [limit],
      arrived: (sizeBytes) => {
        claim.arrivedBytes = sizeBytes;
      },
      // Room that is claimed is kept; what others had left of the rest they may have used meanwhile.
      assertStillFits: () => (announcedBytes === null ? this.assertDiskHas(0) : Promise.resolve()),
      release: () => {
        this.claims.release(claim);
      },
    };
  }

  /**
   * Asked before the parts are copied.
   *
   * @throws AppError storage_full, storage_quota_exceeded
   */
  async admitCopy({ ownerId, sizeBytes, sha256 }: FileInParts): Promise<AdmittedBytes> {
    await this.unitOfWork.read(async () => {
      const same = sha256 === null ? null : await this.media.findSame({ ownerId }, sha256, sizeBytes);
      if (same === null) await this.assertWithinQuota({ ownerId }, sizeBytes);
    });
    return this.admit(sizeBytes);
  }

  /** @throws AppError storage_quota_exceeded when these bytes more are too many */
  async assertWithinQuota(owner: OwnerFilter, moreBytes: number): Promise<void> {
    const quota = await this.findQuota(owner);
    if (quota !== null) await this.assertWithin(quota, owner, moreBytes);
  }

  /** What the recordings of an owner take, and how much they may; a limit of null is none. */
  async readUsage(owner: OwnerFilter): Promise<{ readonly bytes: number; readonly limit: number | null }> {
    const bytes = await this.unitOfWork.read(() => this.media.sumBytes(owner));
    return { bytes, limit: await this.findQuota(owner) };
  }

  /** @throws AppError storage_full when so many bytes would take what is to stay free */
  async assertDiskHas(sizeBytes: number): Promise<void> {
    const { maxBytes, tooMany } = await this.limitOfDisk();
    if (sizeBytes > maxBytes) throw tooMany();
  }

  private async assertReserved(owner: OwnerFilter, moreBytes: number): Promise<void> {
    const quota = await this.findQuota(owner);
    if (quota === null) return;
    await this.assertWithin(quota, owner, (await this.sessions.sumOpen(owner)) + moreBytes);
  }

  private async assertWithin(quota: number, owner: OwnerFilter, moreBytes: number): Promise<void> {
    const stored = await this.media.sumBytes(owner);
    if (stored + moreBytes > quota) throw quotaExceeded(quota, stored);
  }

  private async limitOfDisk(): Promise<BytesLimit> {
    const free = (await this.blobs.freeBytes()) ?? Infinity;
    const maxBytes = free - this.config.uploads.minFreeBytes - this.claims.openBytes;
    return { maxBytes, tooMany: () => storageFull() };
  }

  private async findLimitsOfQuota(owner: OwnerFilter): Promise<BytesLimit[]> {
    const quota = await this.findQuota(owner);
    if (quota === null) return [];
    const [stored, open] = await this.unitOfWork.read(async () => [
      await this.media.sumBytes(owner),
      await this.sessions.sumOpen(owner),
    ]);
    return [{ maxBytes: quota - stored - open, tooMany: () => quotaExceeded(quota, stored) }];
  }

  /** Null: no limit. */
  private async findQuota({ ownerId }: OwnerFilter): Promise<number | null> {
    const { storageBytes } = await this.quotas.find(ownerId);
    return storageBytes === 0 ? null : storageBytes;
  }
}

function quotaExceeded(quota: number, stored: number): AppError {
  return new AppError(
    'storage_quota_exceeded',
    `You may keep ${toMebibytes(quota)} MiB of recordings and have ${toMebibytes(stored)} MiB: this does not fit. Delete some, or ask an administrator for more.`,
  );
}

function toMebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

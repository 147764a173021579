import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { fileTooLarge } from '../../../platform/errors/file-too-large.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { BLOB_STORE, type BlobStore } from '../blobs/blob-store.port.js';
import { storageFull } from '../blobs/disk-full.js';
import { MediaFilesRepository } from '../media/media-files.repository.js';
import { UploadSessionsRepository } from '../sessions/upload-sessions.repository.js';

/** Says no to a file before its bytes are read, where it is known that it will not fit. */
@Injectable()
export class StorageRoomService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly media: MediaFilesRepository,
    private readonly sessions: UploadSessionsRepository,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * @param sizeBytes null where the client does not say
   * @throws AppError file_too_large, storage_quota_exceeded, storage_full
   */
  async assertFits(principal: Principal, sizeBytes: number | null): Promise<void> {
    const { maxBytes } = this.config.uploads;
    const size = sizeBytes ?? 0;
    if (size > maxBytes) throw fileTooLarge(maxBytes);
    await this.assertDiskHas(size);
    await this.unitOfWork.read(async () => {
      const owner = ownedBy(principal);
      const open = this.quota === 0 ? { bytes: 0 } : await this.sessions.sumOpen(owner);
      await this.assertWithinQuota(owner, open.bytes + size);
    });
  }

  /** @throws AppError storage_quota_exceeded when these bytes more are too many */
  async assertWithinQuota(owner: OwnerFilter, moreBytes: number): Promise<void> {
    if (this.quota === 0) return;
    const stored = await this.media.sumBytes(owner);
    if (stored + moreBytes <= this.quota) return;
    throw new AppError(
      'storage_quota_exceeded',
      `You may keep ${toMebibytes(this.quota)} MiB of recordings and have ${toMebibytes(stored)}. Delete some first.`,
    );
  }

  /** What the recordings of an owner take, and how much they may; a limit of null is none. */
  async readUsage(owner: OwnerFilter): Promise<{ readonly bytes: number; readonly limit: number | null }> {
    const bytes = await this.unitOfWork.read(() => this.media.sumBytes(owner));
    return { bytes, limit: this.quota === 0 ? null : this.quota };
  }

  /** @throws AppError storage_full when so many bytes would take what is to stay free */
  async assertDiskHas(sizeBytes: number): Promise<void> {
    const free = await this.blobs.freeBytes();
    if (free !== null && free - sizeBytes < this.config.uploads.minFreeBytes) throw storageFull();
  }

  private get quota(): number {
    return this.config.quotas.storageBytes;
  }
}

function toMebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

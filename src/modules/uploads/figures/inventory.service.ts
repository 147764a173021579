import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { BLOB_STORE, type BlobStore } from '../blobs/blob-store.port.js';
import type { MediaFile } from '../media/media-file.entity.js';
import type { UploadSession } from '../sessions/upload-session.entity.js';
import { InventoryRepository } from './inventory.repository.js';
import type {
  InventoriedMedia,
  InventoriedUpload,
  InventoryPage,
  InventoryRequest,
  StorageFigures,
} from './inventory.view.js';

const LARGEST = 20;

/** What there is of everybody. Who may see it is up to the caller; what files are called is not in it. */
@Injectable()
export class InventoryService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly repository: InventoryRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Newest first. */
  async listUploads(request: InventoryRequest): Promise<InventoryPage<InventoriedUpload>> {
    // One more than the page has tells whether there is another one.
    const rows = await this.unitOfWork.read(() => this.repository.listUploads(request, request.limit + 1));
    return pageOf(rows.map(toUpload), request.limit);
  }

  /** Newest first. */
  async listMedia(request: InventoryRequest): Promise<InventoryPage<InventoriedMedia>> {
    const rows = await this.unitOfWork.read(() => this.repository.listMedia(request, request.limit + 1));
    return pageOf(rows.map(toMedia), request.limit);
  }

  /**
   * Null where the store has no bounds that it tells of.
   *
   * @throws AppError storage_unavailable
   */
  readFreeBytes(): Promise<number | null> {
    return this.blobs.freeBytes();
  }

  /** @throws AppError database_unavailable, storage_unavailable */
  async readStorage(): Promise<StorageFigures> {
    return {
      freeBytes: await this.readFreeBytes(),
      awaitingCollection: await this.unitOfWork.read(() => this.repository.countDiscarded()),
      largestUsers: await this.unitOfWork.read(() => this.repository.listLargestUsers(LARGEST)),
    };
  }
}

function pageOf<T extends { readonly id: string }>(found: readonly T[], limit: number): InventoryPage<T> {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function toUpload(session: UploadSession): InventoriedUpload {
  const { id, ownerId, door, status, sizeBytes, receivedBytes, errorCode, waitingFor } = session;
  const { createdAt, updatedAt, expiresAt } = session;
  const state = { errorCode, waitingFor };
  return { id, ownerId, door, status, sizeBytes, receivedBytes, ...state, createdAt, updatedAt, expiresAt };
}

function toMedia(media: MediaFile): InventoriedMedia {
  const { id, ownerId, sizeBytes, durationSeconds, container, createdAt } = media;
  return { id, ownerId, sizeBytes, durationSeconds, container, createdAt };
}

import type { UploadDoor, UploadStatus } from '../sessions/upload-session.view.js';

/** An upload of anybody, without what its file is called. */
export interface InventoriedUpload {
  readonly id: string;
  readonly ownerId: string;
  readonly door: UploadDoor;
  readonly status: UploadStatus;
  readonly sizeBytes: number | null;
  readonly receivedBytes: number;
  readonly errorCode: string | null;
  readonly waitingFor: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** A recording of anybody, without what it is called. */
export interface InventoriedMedia {
  readonly id: string;
  readonly ownerId: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number | null;
  readonly container: string;
  readonly createdAt: Date;
}

/** Which part of an inventory; undefined is no condition. */
export interface InventoryRequest {
  readonly ownerId?: string | undefined;
  /** Of uploads. */
  readonly statuses?: readonly UploadStatus[] | undefined;
  /** The last one of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface InventoryPage<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** What one user takes, the same blob counted once. */
export interface UserStorage {
  readonly ownerId: string;
  readonly recordings: number;
  readonly recordingBytes: number;
  readonly unfinishedBytes: number;
}

export interface StorageFigures {
  /** Null where the store has no bounds that it tells of. */
  readonly freeBytes: number | null;
  /** Blobs that nothing names any more and that are still there. */
  readonly awaitingCollection: number;
  /** Those who take most, most first. */
  readonly largestUsers: readonly UserStorage[];
}

import type { UploadDoor, UploadStatus } from '../sessions/upload-session.view.js';

export interface UploadSessionCount {
  readonly door: UploadDoor;
  readonly status: UploadStatus;
  readonly count: number;
}

/** Recordings that arrived in one bucket and are still there. */
export interface ArrivedRecordings {
  /** 0 is the first bucket. */
  readonly bucket: number;
  readonly count: number;
  readonly bytes: number;
}

/** What takes room, each blob counted once. */
export interface StoredBytes {
  readonly recordings: number;
  /** Parts of uploads that are not finished. */
  readonly unfinishedUploads: number;
  /** What the database takes itself. */
  readonly database: number;
}

/** How many uploads there are of all users, and what everything takes. */
export interface UploadFigures {
  /** Only what is not zero. Ended sessions are forgotten after a while. */
  readonly sessions: readonly UploadSessionCount[];
  /** Users without active sessions are left out. */
  readonly activeByUser: ReadonlyMap<string, number>;
  /** Recordings and the parts of unfinished uploads, the same blob counted once. */
  readonly storedBytes: number;
}

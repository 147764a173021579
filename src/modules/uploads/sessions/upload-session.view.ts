export const UPLOAD_STATUSES = [
  'active',
  'assembling',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;

export type UploadStatus = (typeof UPLOAD_STATUSES)[number];

export const UPLOAD_DOORS = ['chunked', 'tus', 'url'] as const;
export type UploadDoor = (typeof UPLOAD_DOORS)[number];

/** What is to become of the file, in the words of the room that asks for it. */
export type UploadOptions = Readonly<Record<string, string | number | object>>;

/** What a client announces of a file that is to come. */
export interface NewUpload {
  readonly door: UploadDoor;
  readonly originalFilename: string;
  readonly sizeBytes: number | null;
  readonly chunkBytes?: number;
  readonly sha256?: string | null;
  readonly options: UploadOptions;
  readonly metadata?: string | null;
  /** As the header `Upload-Concat` of tus has it. */
  readonly concat?: string | null;
}

/** What other rooms may know of an upload session. */
export interface UploadSessionView {
  readonly id: string;
  readonly ownerId: string;
  readonly door: UploadDoor;
  readonly status: UploadStatus;
  readonly originalFilename: string;
  readonly sizeBytes: number | null;
  readonly receivedBytes: number;
  /** Of what is on its way: not safe yet. */
  readonly arrivingBytes: number;
  readonly chunkBytes: number | null;
  readonly sha256: string | null;
  readonly options: UploadOptions;
  readonly metadata: string | null;
  readonly concat: string | null;
  readonly mediaFileId: string | null;
  readonly jobId: string | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  /** The code of what keeps a whole upload from becoming a job for now; null too while it was not tried. */
  readonly waitingFor: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What came of a file that arrived whole. */
export interface UploadOutcome {
  readonly mediaFileId: string;
  readonly jobId: string;
}

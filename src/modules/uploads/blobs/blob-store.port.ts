import type { Readable } from 'node:stream';

export const BLOB_STORE = Symbol('BlobStore');

/** A blob as a file of this machine, for programs that need one. */
export interface LocalFile {
  readonly path: string;
  /** Gives up whatever was needed to provide the file. */
  release(): Promise<void>;
}

/** What was put. */
export interface StoredContent {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where recordings lie: immutable blobs under keys that are UUIDs. All methods throw AppError `storage_full` when there is no space and
 * `storage_unavailable` when the store does not answer.
 */
export interface BlobStore {
  /**
   * Streams bytes into the blob `key`, which is there, whole and durable, when this resolves, and hashes them on their way. When the stream or the store fails there is
   * no such blob, and the stream is destroyed.
   *
   * @param bytes its buffers are the store's from then on, which may give their memory back once they are written
   */
  put(key: string, bytes: Readable): Promise<StoredContent>;
  /**
   * Makes a blob of what a `put` had received when its process was killed. Only for keys that nobody puts any more.
   *
   * @returns its size, or null when nothing is left of it; the size of the blob when the `put` came to its end
   */
  salvage(key: string): Promise<number | null>;
  /** @throws BlobMissingError also while the stream is read, when the blob is deleted meanwhile */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /**
   * @throws BlobMissingError
   * @throws the reason of `signal` when that trips
   */
  openLocal(key: string, signal?: AbortSignal): Promise<LocalFile>;
  /** Also when there is no such blob. */
  delete(key: string): Promise<void>;
  /** Keys of all blobs that were put before this time, in no order. */
  keysStoredBefore(time: Date): AsyncIterable<string>;
  /** Removes what was begun before this time and left behind by a process that was killed. */
  removeUnfinished(begunBefore: Date): Promise<void>;
  /** How much more fits; null where the store has no bounds that it tells of. */
  freeBytes(): Promise<number | null>;
  /** Proves that blobs can be written now. */
  assertWritable(): Promise<void>;
}

/** What a row names is not in the store. */
export class BlobMissingError extends Error {
  override readonly name = 'BlobMissingError';

  constructor(options?: ErrorOptions) {
    super('The blob is not in the store', options);
  }
}

/** Keys become names of files and objects, so nothing else may be one. */
export function isBlobKey(key: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key);
}

export function assertBlobKey(key: string): void {
  if (!isBlobKey(key)) throw new Error('Not a blob key');
}

import type { Readable } from 'node:stream';

export const BLOB_STORE = Symbol('BlobStore');

/** Bytes that arrived completely, but that nobody can find yet. */
export interface StagedBlob {
  readonly stagingKey: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A blob as a file of this machine, for programs that need one. */
export interface LocalFile {
  readonly path: string;
  /** Gives up whatever was needed to provide the file. */
  release(): Promise<void>;
}

/** Where recordings lie. All methods throw AppError `storage_full` when there is no space. */
export interface BlobStore {
  /** Streams bytes into a staged blob; when the stream fails nothing of it remains. */
  stage(bytes: Readable): Promise<StagedBlob>;
  /** Makes a staged blob durable and findable under `key`, all at once. */
  commit(staged: StagedBlob, key: string): Promise<void>;
  discard(staged: StagedBlob): Promise<void>;
  /** A staged blob as a local file, before it is committed. */
  openStaged(staged: StagedBlob): Promise<LocalFile>;
  openLocal(key: string): Promise<LocalFile>;
  delete(key: string): Promise<void>;
  /** Proves that blobs can be written now. */
  assertWritable(): Promise<void>;
}

import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import { isOfFile } from '../../../../platform/runtime/system-calls.js';
import type { BlobMetrics, BlobOperation } from '../blob.metrics.js';
import {
  BlobMissingError,
  type BlobStore,
  type ByteRange,
  type LocalFile,
  type StoredContent,
} from '../blob-store.port.js';

/** Times what a store is asked for, tells of it, and counts what it fails at. */
export class MeasuredBlobStore implements BlobStore {
  private readonly logger = new Logger('blobs');

  constructor(
    private readonly store: BlobStore,
    private readonly metrics: BlobMetrics,
  ) {}

  put(key: string, bytes: Readable): Promise<StoredContent> {
    return this.measure('put', key, () => this.store.put(key, bytes));
  }

  salvage(key: string): Promise<number | null> {
    return this.measure('salvage', key, () => this.store.salvage(key));
  }

  read(key: string, range?: ByteRange): Promise<Readable> {
    return this.measure('read', key, () => this.store.read(key, range));
  }

  openLocal(key: string, signal?: AbortSignal): Promise<LocalFile> {
    return this.measure('open_local', key, () => this.store.openLocal(key, signal), signal);
  }

  delete(key: string): Promise<void> {
    return this.measure('delete', key, () => this.store.delete(key));
  }

  keysStoredBefore(time: Date): AsyncIterable<string> {
    return this.store.keysStoredBefore(time);
  }

  removeUnfinished(begunBefore: Date): Promise<void> {
    return this.store.removeUnfinished(begunBefore);
  }

  freeBytes(): Promise<number | null> {
    return this.store.freeBytes();
  }

  assertWritable(): Promise<void> {
    return this.measure('probe', null, () => this.store.assertWritable());
  }

  /** That a blob is missing, a client broke off, or somebody gave up says nothing about the store. */
  private async measure<T>(
    operation: BlobOperation,
    key: string | null,
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const stop = this.metrics.startTimer(operation);
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError && isOfTheStore(error)) this.metrics.countError(operation, error.code);
      else if (isUnexpected(error, signal)) this.metrics.countError(operation, 'unexpected');
      throw error;
    } finally {
      const seconds = stop();
      // Probes come every second.
      if (key !== null) this.logger.debug('Blob asked for', { operation, key, took_ms: seconds * 1000 });
    }
  }
}

function isOfTheStore({ code }: AppError): boolean {
  return code === 'storage_full' || code === 'storage_unavailable';
}

/** What a stream of bytes breaks with is the affair of whoever sends them. */
function isUnexpected(error: unknown, signal: AbortSignal | undefined): boolean {
  return isOfFile(error) && !(error instanceof BlobMissingError) && signal?.aborted !== true;
}

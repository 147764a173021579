import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NoSuchKey,
  NotFound,
  type Part,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { IdGenerator } from '../../../../platform/runtime/id-generator.js';
import {
  assertBlobKey,
  BlobMissingError,
  isBlobKey,
  type BlobStore,
  type ByteRange,
  type LocalFile,
  type StoredContent,
} from '../blob-store.port.js';
import { storageFull, translateDiskFull } from '../disk-full.js';
import { PassingContent } from './hashing/passing-content.js';

/** Of one part of a multipart upload; there may be 10,000, so this bounds a file at 80 GB. */
const PART_BYTES = 8 * 2 ** 20;
/** Parts on their way at a time, each in memory. */
const PARTS_AT_ONCE = 2;
const RETRY_AFTER_SECONDS = 5;
const PROBE_NAME = 'writable-probe';

export interface S3Place {
  readonly bucket: string;
  /** Before every key; empty or ending in a slash. */
  readonly prefix: string;
}

/** Blobs as objects of any S3-compatible store. An object is there when its upload is completed, so nothing has to be staged. */
export class S3BlobStore implements BlobStore {
  constructor(
    private readonly client: S3Client,
    private readonly place: S3Place,
    /** For programs that need a file. */
    private readonly localFolder: string,
    private readonly ids: IdGenerator,
  ) {}

  /** What a killed process left there belongs to nobody: a local copy serves one process. */
  async prepare(): Promise<void> {
    await rm(this.localFolder, { recursive: true, force: true });
    await mkdir(this.localFolder, { recursive: true, mode: 0o700 });
  }

  async put(key: string, bytes: Readable): Promise<StoredContent> {
    const content = new PassingContent();
    const upload = new Upload({
      client: this.client,
      params: { ...this.objectOf(key), Body: Readable.from(content.measure(bytes)) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    let failure: unknown;
    bytes.on('error', (error) => (failure ??= error));
    try {
      await upload.done();
      return content.sum();
    } catch (error) {
      bytes.destroy();
      throw failure ?? translate(error);
    }
  }

  async salvage(key: string): Promise<number | null> {
    const whole = await this.sizeOf(key);
    if (whole !== null) return whole;
    const { Bucket, Key } = this.objectOf(key);
    const { Uploads = [] } = await translated(
      this.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key })),
    );
    for (const { UploadId } of Uploads) {
      const { Parts = [] } = await translated(
        this.client.send(new ListPartsCommand({ Bucket, Key, UploadId })),
      );
      const parts = withoutGap(Parts);
      if (parts.length === 0) continue;
      const MultipartUpload = { Parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) };
      await translated(
        this.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload })),
      );
      return this.sizeOf(key);
    }
    return null;
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const bytes = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    const command = new GetObjectCommand({ ...this.objectOf(key), ...bytes });
    const { Body } = await translated(this.client.send(command));
    if (Body === undefined) throw new Error('The store answered without a body');
    return Body as Readable;
  }

  async openLocal(key: string): Promise<LocalFile> {
    const bytes = await this.read(key);
    const path = join(this.localFolder, this.ids.next());
    const release = (): Promise<void> => rm(path, { force: true });
    try {
      await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      return { path, release };
    } catch (error) {
      await release();
      throw translate(error);
    }
  }

  async delete(key: string): Promise<void> {
    await translated(this.client.send(new DeleteObjectCommand(this.objectOf(key))));
  }

  async *keysStoredBefore(time: Date): AsyncGenerator<string> {
    const { bucket, prefix } = this.place;
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: bucket, Prefix: prefix });
    try {
      for await (const { Contents = [] } of pages) {
        for (const { Key, LastModified } of Contents) {
          const key = Key?.slice(prefix.length) ?? '';
          if (LastModified !== undefined && LastModified < time && isBlobKey(key)) yield key;
        }
      }
    } catch (error) {
      throw translate(error);
    }
  }

  async removeUnfinished(begunBefore: Date): Promise<void> {
    const { bucket: Bucket, prefix: Prefix } = this.place;
    const { Uploads = [] } = await translated(
      this.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix })),
    );
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (Initiated === undefined || Initiated >= begunBefore) continue;
      await translated(this.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
    }
  }

  freeBytes(): Promise<null> {
    return Promise.resolve(null);
  }

  async assertWritable(): Promise<void> {
    const { bucket: Bucket, prefix } = this.place;
    await translated(
      this.client.send(new PutObjectCommand({ Bucket, Key: prefix + PROBE_NAME, Body: 'probe' })),
    );
  }

  private async sizeOf(key: string): Promise<number | null> {
    try {
      const { ContentLength = 0 } = await this.client.send(new HeadObjectCommand(this.objectOf(key)));
      return ContentLength;
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw translate(error);
    }
  }

  private objectOf(key: string): { Bucket: string; Key: string } {
    assertBlobKey(key);
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }
}

/** Several parts are on their way at once, so that one may have arrived before the one in front of it. */
function withoutGap(parts: readonly Part[]): Part[] {
  const inOrder = parts.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  return inOrder.filter(({ PartNumber }, index) => PartNumber === index + 1);
}

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translate(error);
  }
}

/** What the store says goes into the log only: it may name hosts and buckets. */
function translate(error: unknown): unknown {
  if (error instanceof AppError || error instanceof BlobMissingError) return error;
  if (error instanceof NoSuchKey) return new BlobMissingError({ cause: error });
  const translated = translateDiskFull(error);
  if (translated !== error) return translated;
  const { name } = error as Error;
  if (/QuotaExceeded|StorageFull|EntityTooLarge|InsufficientStorage/i.test(name)) return storageFull(error);
  return new AppError('storage_unavailable', 'The store of recordings cannot be reached.', {
    retryAfter: RETRY_AFTER_SECONDS,
    cause: error,
  });
}

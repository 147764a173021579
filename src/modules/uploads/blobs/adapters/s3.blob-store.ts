import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type MultipartUpload as MultipartUploadEntry,
  NotFound,
  type Part,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { DAY_MS, type Clock } from '../../../../platform/runtime/clock.js';
import type { IdGenerator } from '../../../../platform/runtime/id-generator.js';
import {
  assertBlobKey,
  isBlobKey,
  type BlobStore,
  type ByteRange,
  type LocalFile,
  type StoredContent,
} from '../blob-store.port.js';
import { storageFull, translateDiskFull } from '../storage-faults.js';
import { removeFilesBefore } from '../../../../platform/runtime/file-age.js';
import { freeBytesOf } from '../../../../platform/runtime/free-bytes.js';
import { PassingContent } from './hashing/passing-content.js';
import { MultipartUpload } from './s3/multipart-upload.js';
import { orNoUploads, translate, translated } from './s3/s3-errors.js';
import { spoolParts } from './s3/spooled-parts.js';

/** Of one part of a multipart upload; there may be 10,000, so this bounds a file at 80 GB. */
const PART_BYTES = 8 * 2 ** 20;
/** Parts of all uploads on their way at a time, each in memory. */
const PARTS_AT_ONCE = 8;
/** Longer than any job needs a local copy. */
const LEFT_BEHIND_AFTER_MS = 2 * DAY_MS;
const PROBE_NAME = 'writable-probe';

export interface S3Place {
  readonly bucket: string;
  /** Before every key; empty or ending in a slash. */
  readonly prefix: string;
}

export interface LocalPlace {
  readonly folder: string;
  /** What is to stay free of its disk. */
  readonly minFreeBytes: number;
  /** So long may a copy stand still before the store counts as away. */
  readonly silenceMs: number;
}

/** Blobs as objects of any S3-compatible store. An object is there when its upload is completed, so nothing has to be staged. */
export class S3BlobStore implements BlobStore {
  private readonly turns = pLimit(PARTS_AT_ONCE);

  constructor(
    private readonly client: S3Client,
    private readonly place: S3Place,
    /** For programs that need a file. */
    private readonly local: LocalPlace,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  /** What is old there a killed process has left; the rest may be in use by another process with the same data folder. */
  async prepare(): Promise<void> {
    await mkdir(this.local.folder, { recursive: true, mode: 0o700 });
    await removeFilesBefore(this.local.folder, new Date(this.clock.now().getTime() - LEFT_BEHIND_AFTER_MS));
  }

  async put(key: string, bytes: Readable): Promise<StoredContent> {
    const content = new PassingContent();
    const upload = new MultipartUpload(this.client, this.objectOf(key), this.turns);
    // Until the first part is begun nobody else listens; whoever reads the stream finds the error afterwards.
    bytes.on('error', () => undefined);
    try {
      const parts = spoolParts(content.measure(bytes), PART_BYTES, () => this.newLocalPath());
      await upload.send(parts, (error) => bytes.destroy(error));
      return content.sum();
    } catch (error) {
      bytes.destroy();
      throw translateDiskFull(error);
    }
  }

  async salvage(key: string): Promise<number | null> {
    const whole = await this.sizeOf(key);
    if (whole !== null) return whole;
    const { Bucket, Key } = this.objectOf(key);
    for await (const { UploadId } of this.listUnfinished(Key)) {
      const parts = await this.listParts(Key, UploadId);
      if (parts.length === 0) continue;
      const MultipartUpload = { Parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) };
      await translated(
        this.client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload })),
      );
      return this.sizeOf(key);
    }
    return null;
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    const bytes = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    const command = new GetObjectCommand({ ...this.objectOf(key), ...bytes });
    const { Body } = await translated(this.client.send(command, abortedBy(signal)));
    if (Body === undefined) throw new Error('The store answered without a body');
    return Body as Readable;
  }

  async openLocal(key: string, signal?: AbortSignal): Promise<LocalFile> {
    const silence = new AbortController();
    const timer = setTimeout(() => {
      silence.abort();
    }, this.local.silenceMs);
    const given = signal === undefined ? [] : [signal];
    try {
      return await this.copy(key, AbortSignal.any([silence.signal, ...given]), () => timer.refresh());
    } catch (error) {
      signal?.throwIfAborted();
      throw translate(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param onBytes called whenever some have come */
  private async copy(key: string, signal: AbortSignal, onBytes: () => void): Promise<LocalFile> {
    await this.assertLocalRoom((await this.sizeOf(key, signal)) ?? 0);
    const bytes = await this.read(key, undefined, signal);
    const path = this.newLocalPath();
    const release = (): Promise<void> => rm(path, { force: true });
    const noted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        onBytes();
        yield chunk;
      }
    };
    try {
      await pipeline(bytes, noted, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
      return { path, release };
    } catch (error) {
      await release();
      throw error;
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

  /** An upload may be older and still be written: each part makes it young again. */
  async removeUnfinished(begunBefore: Date): Promise<void> {
    for await (const { Key = '', UploadId, Initiated } of this.listUnfinished(this.place.prefix)) {
      if (Initiated === undefined || Initiated >= begunBefore) continue;
      const parts = await this.listParts(Key, UploadId);
      if (parts.some(({ LastModified = begunBefore }) => LastModified >= begunBefore)) continue;
      const aborting = new AbortMultipartUploadCommand({ Bucket: this.place.bucket, Key, UploadId });
      await translated(this.client.send(aborting));
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

  private async assertLocalRoom(sizeBytes: number): Promise<void> {
    const { folder, minFreeBytes } = this.local;
    if ((await freeBytesOf(folder)) - sizeBytes < minFreeBytes) throw storageFull();
  }

  private async *listUnfinished(Prefix: string): AsyncGenerator<MultipartUploadEntry> {
    let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
    while (after !== null) {
      const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
        Bucket: this.place.bucket,
        Prefix,
        ...after,
      });
      const page = await orNoUploads(this.client.send(command));
      yield* page.Uploads ?? [];
      after =
        page.IsTruncated === true
          ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
          : null;
    }
  }

  /** Not by the paginator of the client: it asks on for ever where a store names a next page that it does not have. */
  private async listParts(Key: string, UploadId: string | undefined): Promise<Part[]> {
    const found: Part[] = [];
    let PartNumberMarker: string | undefined;
    for (;;) {
      const place = { Bucket: this.place.bucket, Key, UploadId, PartNumberMarker };
      const page: ListPartsCommandOutput = await translated(this.client.send(new ListPartsCommand(place)));
      found.push(...(page.Parts ?? []));
      if (page.IsTruncated !== true) return found;
      PartNumberMarker = page.NextPartNumberMarker;
    }
  }

  private newLocalPath(): string {
    return join(this.local.folder, this.ids.next());
  }

  private async sizeOf(key: string, signal?: AbortSignal): Promise<number | null> {
    try {
      const command = new HeadObjectCommand(this.objectOf(key));
      const { ContentLength = 0 } = await this.client.send(command, abortedBy(signal));
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

function abortedBy(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

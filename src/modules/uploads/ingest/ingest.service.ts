import { finished, pipeline, type Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { emptyFile } from '../../../platform/errors/empty-file.js';
import type { MediaInfo } from '../../../platform/media/media-info.js';
import { MediaProbe } from '../../../platform/media/media-probe.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { inSpan } from '../../../platform/tracing/spans.js';
import { BLOB_STORE, type BlobStore, type StoredContent } from '../blobs/blob-store.port.js';
import { UploadMetrics } from '../figures/upload.metrics.js';
import { tightest, type AdmittedBytes, type BytesRules } from './bytes-rules.view.js';
import { MeasuredStream } from './measured-stream.js';

/** Bytes that arrived whole and are durable, but that no row names yet. The collector takes those that stay so. */
export interface StoredBytes extends StoredContent {
  readonly blobKey: string;
}

/** A file that arrived and is known to hold audio, but that is not yet a media file. */
export interface IngestedFile extends StoredBytes {
  readonly info: MediaInfo;
}

/** The one way in for bytes, whichever door they come through. */
@Injectable()
export class IngestService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly probe: MediaProbe,
    private readonly ids: IdGenerator,
    private readonly metrics: UploadMetrics,
  ) {}

  /** @throws AppError when the bytes are not audio that can be transcribed; then nothing of them remains */
  async receive(bytes: Readable, admitted: AdmittedBytes): Promise<IngestedFile> {
    const stored = await this.store(bytes, admitted);
    try {
      await admitted.assertStillFits();
      const file = await this.inspect(stored);
      this.metrics.countReceived('form', file.sizeBytes);
      return file;
    } catch (error) {
      await this.discard(stored);
      throw error;
    }
  }

  /** @throws AppError storage_full, storage_unavailable; what the stream fails with, or its limits have to say */
  async store(bytes: Readable, { limits, arrived }: AdmittedBytes): Promise<StoredBytes> {
    const blobKey = this.ids.next();
    const measured = new MeasuredStream({ ...tightest(limits), onProgress: arrived });
    pipeline(bytes, measured, () => undefined);
    return this.put(blobKey, measured);
  }

  /**
   * The same for a stream that may break off: what came until then is stored.
   *
   * @throws AppError storage_full, storage_unavailable; what the rules have to say
   */
  async storeWhatArrives(blobKey: string, bytes: Readable, rules: BytesRules): Promise<StoredBytes> {
    const measured = new MeasuredStream(rules);
    finished(bytes, { writable: false }, () => measured.end());
    bytes.pipe(measured, { end: false });
    return this.put(blobKey, measured);
  }

  /**
   * @throws AppError when the bytes are not audio that can be transcribed; they stay where they are
   * @throws BlobMissingError when they are not there, or are deleted meanwhile
   */
  async inspect(stored: StoredBytes): Promise<IngestedFile> {
    if (stored.sizeBytes === 0) throw emptyFile();
    return { ...stored, info: await this.probeBlob(stored.blobKey) };
  }

  async discard({ blobKey }: StoredBytes): Promise<void> {
    await this.blobs.delete(blobKey);
  }

  /**
   * Discards a file that was not accepted in the end, for this reason. A commit whose answer was lost may have happened, so the bytes
   * stay unless the database itself said no.
   */
  async discardRefused(stored: StoredBytes, reason: unknown): Promise<void> {
    if (!isDatabaseOutage(reason)) await this.discard(stored);
  }

  private put(blobKey: string, bytes: Readable): Promise<StoredBytes> {
    return inSpan('blob put', {}, async (span) => {
      const content = await this.blobs.put(blobKey, bytes);
      span.set({ 'whisper.blob.bytes': content.sizeBytes });
      return { blobKey, ...content };
    });
  }

  private async probeBlob(blobKey: string): Promise<MediaInfo> {
    const local = await this.blobs.openLocal(blobKey);
    try {
      return await inSpan('media probe', {}, () => this.probe.probe(local.path));
    } catch (error) {
      // Who looks for a file that is gone cannot say more than that something is wrong with it.
      await this.assertThere(blobKey);
      throw error;
    } finally {
      await local.release();
    }
  }

  private async assertThere(blobKey: string): Promise<void> {
    const first = await this.blobs.read(blobKey, { start: 0, end: 0 });
    first.on('error', () => undefined).destroy();
  }
}

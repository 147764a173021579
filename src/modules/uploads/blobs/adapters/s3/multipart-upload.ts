import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { LimitFunction } from 'p-limit';
import { translated } from './s3-errors.js';
import type { SpooledPart } from './spooled-parts.js';

/** Makes an object of parts: by one request where there is only one. Of one upload one part is on its way while the next one fills. */
export class MultipartUpload {
  private uploadId: string | undefined;
  private readonly sent: CompletedPart[] = [];
  private onItsWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: S3Client,
    private readonly object: { readonly Bucket: string; readonly Key: string },
    /** Turns of all uploads together: each is a part in memory. */
    private readonly turns: LimitFunction,
  ) {}

  /**
   * @param onFailure told at once, while the next part may still be waited for
   * @throws AppError storage_unavailable, storage_full; what the parts fail with. Nothing is kept then.
   */
  async send(parts: AsyncIterable<SpooledPart>, onFailure: (error: Error) => void): Promise<void> {
    try {
      for await (const part of parts) {
        const before = this.onItsWay;
        this.onItsWay = this.sendAfter(before, part);
        this.onItsWay.catch(onFailure);
        await before;
      }
      await this.onItsWay;
      await this.complete();
    } catch (error) {
      await Promise.allSettled([this.onItsWay]);
      await this.abort();
      throw error;
    }
  }

  private async sendAfter(before: Promise<void>, part: SpooledPart): Promise<void> {
    try {
      await before;
      await this.turns(() => this.sendPart(part));
    } finally {
      await part.close();
    }
  }

  private async sendPart(part: SpooledPart): Promise<void> {
    const Body = await part.read();
    const PartNumber = part.number;
    if (part.isLast && PartNumber === 1) {
      await translated(this.client.send(new PutObjectCommand({ ...this.object, Body })));
      return;
    }
    const UploadId = (this.uploadId ??= await this.begin());
    const sending = new UploadPartCommand({ ...this.object, UploadId, PartNumber, Body });
    const { ETag } = await translated(this.client.send(sending));
    this.sent.push({ PartNumber, ETag });
  }

  private async begin(): Promise<string> {
    const { UploadId } = await translated(this.client.send(new CreateMultipartUploadCommand(this.object)));
    if (UploadId === undefined) throw new Error('The store began an upload without a name');
    return UploadId;
  }

  private async complete(): Promise<void> {
    if (this.uploadId === undefined) return;
    const all = { UploadId: this.uploadId, MultipartUpload: { Parts: this.sent } };
    await translated(this.client.send(new CompleteMultipartUploadCommand({ ...this.object, ...all })));
  }

  /** What cannot be aborted now is left to the collector. */
  private async abort(): Promise<void> {
    if (this.uploadId === undefined) return;
    const aborting = new AbortMultipartUploadCommand({ ...this.object, UploadId: this.uploadId });
    await this.client.send(aborting).catch(() => undefined);
  }
}

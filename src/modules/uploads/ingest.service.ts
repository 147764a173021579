import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error.js';
import type { MediaInfo } from '../../platform/media/media-info.js';
import { MediaProbe } from '../../platform/media/media-probe.js';
import { BLOB_STORE, type BlobStore, type StagedBlob } from './blob-store.port.js';

/** A file that arrived and is known to hold audio, but that is not yet a media file. */
export interface IngestedFile {
  readonly staged: StagedBlob;
  readonly info: MediaInfo;
}

/** The one way in for bytes, whichever door they come through. */
@Injectable()
export class IngestService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly probe: MediaProbe,
  ) {}

  /** @throws AppError when the bytes are not audio that can be transcribed; then nothing of them remains */
  async receive(bytes: Readable): Promise<IngestedFile> {
    const staged = await this.blobs.stage(bytes);
    try {
      if (staged.sizeBytes === 0) throw new AppError('empty_file', 'The file has no content (0 bytes).');
      return { staged, info: await this.probeStaged(staged) };
    } catch (error) {
      await this.blobs.discard(staged);
      throw error;
    }
  }

  async discard(file: IngestedFile): Promise<void> {
    await this.blobs.discard(file.staged);
  }

  private async probeStaged(staged: StagedBlob): Promise<MediaInfo> {
    const local = await this.blobs.openStaged(staged);
    try {
      return await this.probe.probe(local.path);
    } finally {
      await local.release();
    }
  }
}

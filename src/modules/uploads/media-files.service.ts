import { Inject, Injectable } from '@nestjs/common';
import { isDatabaseOutage } from '../../platform/database/outage.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Clock } from '../../platform/runtime/clock.js';
import { IdGenerator } from '../../platform/runtime/id-generator.js';
import { ownedBy, type OwnerFilter } from '../auth/access/ownership.policy.js';
import type { Principal } from '../auth/access/principal.view.js';
import { BLOB_STORE, type BlobStore, type LocalFile } from './blob-store.port.js';
import type { IngestedFile } from './ingest.service.js';
import type { MediaFile } from './media-file.entity.js';
import type { MediaFileView } from './media-file.view.js';
import { MediaFilesRepository } from './media-files.repository.js';

@Injectable()
export class MediaFilesService {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly repository: MediaFilesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes an ingested file a media file, together with whatever `alsoWrite` writes: both are there afterwards, or neither.
   * The blob comes first, so that no row ever names bytes that are not there.
   */
  async adopt<T>(
    principal: Principal,
    file: IngestedFile,
    filename: string,
    alsoWrite: (media: MediaFileView) => Promise<T>,
  ): Promise<T> {
    const id = this.ids.next();
    await this.blobs.commit(file.staged, id);
    try {
      return await this.unitOfWork.run(async () => {
        const media = this.build(id, ownedBy(principal), file, filename);
        await this.repository.insert(media);
        return alsoWrite(toMediaFileView(media));
      });
    } catch (error) {
      // A commit whose answer was lost may have happened, so the bytes stay unless the database itself said no.
      if (!isDatabaseOutage(error)) await this.blobs.delete(id);
      throw error;
    }
  }

  /** The recording as a local file. The caller releases it. */
  async openLocal(mediaFileId: string): Promise<LocalFile> {
    const media = await this.unitOfWork.read(() => this.repository.find(mediaFileId));
    if (media === null) throw new Error('The media file of this job is missing');
    return this.blobs.openLocal(media.blobKey);
  }

  /** Deletes the rows in the transaction that is open; the blobs of these keys are to follow when it is done. */
  deleteAllOf(ownerId: string): Promise<readonly string[]> {
    return this.repository.deleteAllOf(ownerId);
  }

  async deleteBlobs(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.blobs.delete(key);
  }

  private build(id: string, owner: OwnerFilter, { staged, info }: IngestedFile, filename: string): MediaFile {
    return {
      ...owner,
      id,
      originalFilename: filename,
      blobKey: id,
      sha256: staged.sha256,
      sizeBytes: staged.sizeBytes,
      container: info.container,
      codec: info.codec,
      durationSeconds: info.durationSeconds,
      sampleRate: info.sampleRate,
      channels: info.channels,
      createdAt: this.clock.now(),
    };
  }
}

function toMediaFileView(media: MediaFile): MediaFileView {
  const { id, originalFilename, blobKey, sizeBytes, durationSeconds } = media;
  return { id, originalFilename, blobKey, sizeBytes, durationSeconds };
}

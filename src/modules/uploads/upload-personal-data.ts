import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { FileToZip } from '../../platform/runtime/zip-files.js';
import { PersonalDataRegistry } from '../auth/personal-data/personal-data.registry.js';
import { BLOB_STORE, BlobMissingError, type BlobStore } from './blobs/blob-store.port.js';
import type { MediaFile } from './media/media-file.entity.js';
import { MediaFilesRepository } from './media/media-files.repository.js';

const PAGE = 100;

@Injectable()
export class UploadPersonalData implements OnModuleInit {
  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly media: MediaFilesRepository,
    private readonly registry: PersonalDataRegistry,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.registry.register({
      tables: [
        { table: 'media_files', ofUser: 't.owner_id = ?', without: ['blob_key'] },
        { table: 'media_retention', ofUser: 't.owner_id = ?' },
        { table: 'upload_sessions', ofUser: 't.owner_id = ?', without: ['lease_token', 'pieces'] },
      ],
      files: (userId) => this.recordings(userId),
    });
  }

  private async *recordings(ownerId: string): AsyncGenerator<FileToZip, void> {
    let last: string | null = null;
    let page: MediaFile[];
    do {
      const after: string | null = last;
      page = await this.unitOfWork.read(() => this.media.listAfter({ ownerId }, after, PAGE));
      for (const { id, blobKey } of page)
        yield { name: `media/${id}`, content: this.bytes(blobKey), isDense: true };
      last = page.at(-1)?.id ?? null;
    } while (page.length === PAGE);
  }

  /** Nothing, when it was deleted meanwhile. */
  private async *bytes(blobKey: string): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of await this.blobs.read(blobKey)) yield chunk as Uint8Array;
    } catch (error) {
      if (!(error instanceof BlobMissingError)) throw error;
    }
  }
}

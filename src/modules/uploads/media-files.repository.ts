import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { MediaFile } from './media-file.entity.js';

@Injectable()
export class MediaFilesRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(mediaFile: MediaFile): Promise<void> {
    await this.em.insert(MediaFile, mediaFile);
  }

  /** Returns the keys of their blobs. */
  async deleteAllOf(ownerId: string): Promise<string[]> {
    const rows = await this.em.execute<{ key: string }[]>(
      'delete from media_files where owner_id = ? returning blob_key as key',
      [ownerId],
    );
    return rows.map(({ key }) => key);
  }

  find(id: string): Promise<MediaFile | null> {
    return this.em.findOne(MediaFile, { id }, { disableIdentityMap: true });
  }
}

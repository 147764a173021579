import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { MediaFile } from './media-file.entity.js';

@Injectable()
export class MediaFilesRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(mediaFile: MediaFile): Promise<void> {
    await this.em.insert(MediaFile, mediaFile);
  }

  find(id: string): Promise<MediaFile | null> {
    return this.em.findOne(MediaFile, { id }, { disableIdentityMap: true });
  }
}

import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { MediaPeaks } from './media-peaks.entity.js';

@Injectable()
export class MediaPeaksRepository {
  constructor(private readonly em: EntityManager) {}

  async find(mediaFileId: string): Promise<Int8Array | null> {
    const found = await this.em.findOne(MediaPeaks, { mediaFileId }, { disableIdentityMap: true });
    return found === null ? null : Int8Array.from(found.peaks);
  }

  /** Another process may have found out the same. */
  async keep(mediaFileId: string, peaks: Int8Array): Promise<void> {
    const bytes = Buffer.from(peaks.buffer, peaks.byteOffset, peaks.byteLength);
    await this.em.upsert(
      MediaPeaks,
      { mediaFileId, peaks: bytes },
      { onConflictAction: 'ignore', disableIdentityMap: true },
    );
  }
}

import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../platform/database/advisory-lock.js';
import { findOnePlain } from '../../../platform/database/plain-rows.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import { MediaFile } from './media-file.entity.js';

@Injectable()
export class MediaFilesRepository {
  constructor(private readonly em: EntityManager) {}

  /** Nobody else adds media files of this owner, or deletes them, until the transaction ends. */
  async lockOwner({ ownerId }: OwnerFilter): Promise<void> {
    await lockUntilCommit(this.em, 'media', ownerId);
  }

  async insert(mediaFile: MediaFile): Promise<void> {
    await this.em.insert(MediaFile, mediaFile);
  }

  /** For workers, who work for everybody. */
  find(id: string): Promise<MediaFile | null> {
    return this.em.findOne(MediaFile, { id }, { disableIdentityMap: true });
  }

  findOwned(id: string, { ownerId }: OwnerFilter): Promise<MediaFile | null> {
    return findOnePlain(this.em, MediaFile, { sql: 'id = ? and owner_id = ?', values: [id, ownerId] });
  }

  /** One with the same bytes. */
  findSame(owner: OwnerFilter, sha256: string, sizeBytes: number): Promise<MediaFile | null> {
    return this.em.findOne(MediaFile, { ...owner, sha256, sizeBytes }, { disableIdentityMap: true });
  }

  /** What the recordings of an owner take, the same bytes counted once. */
  async sumBytes({ ownerId }: OwnerFilter): Promise<number> {
    const [row] = await this.em.execute<{ bytes: string }[]>(
      `select coalesce(sum(size_bytes), 0) as bytes from (select distinct on (blob_key) size_bytes from media_files where owner_id = ?) as blobs`,
      [ownerId],
    );
    return Number(row?.bytes ?? 0);
  }

  listNewestFirst(owner: OwnerFilter, offset: number, limit: number): Promise<[MediaFile[], number]> {
    return this.em.findAndCount(
      MediaFile,
      { ...owner },
      { orderBy: { createdAt: 'desc', id: 'desc' }, offset, limit, disableIdentityMap: true },
    );
  }

  listAfter(owner: OwnerFilter, id: string | null, limit: number): Promise<MediaFile[]> {
    const where = id === null ? { ...owner } : { ...owner, id: { $gt: id } };
    return this.em.find(MediaFile, where, { orderBy: { id: 'asc' }, limit, disableIdentityMap: true });
  }

  async delete(id: string): Promise<void> {
    await this.em.nativeDelete(MediaFile, { id });
  }

  /** Returns the keys of their blobs. */
  async deleteAllOf(ownerId: string): Promise<string[]> {
    const rows = await this.em.execute<{ key: string }[]>(
      'delete from media_files where owner_id = ? returning blob_key as key',
      [ownerId],
    );
    return rows.map(({ key }) => key);
  }

  async findReferenced(blobKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await this.em.find(
      MediaFile,
      { blobKey: { $in: [...blobKeys] } },
      { fields: ['blobKey'], disableIdentityMap: true },
    );
    return new Set(found.map(({ blobKey }) => blobKey));
  }
}

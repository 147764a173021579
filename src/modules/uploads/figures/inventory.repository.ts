import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { MediaFile } from '../media/media-file.entity.js';
import { UploadSession } from '../sessions/upload-session.entity.js';
import type { InventoryRequest, UserStorage } from './inventory.view.js';

/** Ids are made in the order of time, so that they are the order of lists too. */
const NEWEST_FIRST = { orderBy: { id: 'desc' }, disableIdentityMap: true } as const;

@Injectable()
export class InventoryRepository {
  constructor(private readonly em: EntityManager) {}

  listUploads({ ownerId, statuses, cursor }: InventoryRequest, limit: number): Promise<UploadSession[]> {
    const where: FilterQuery<UploadSession> = {
      ...(ownerId !== undefined && { ownerId }),
      ...(statuses !== undefined && { status: { $in: [...statuses] } }),
      ...(cursor !== undefined && { id: { $lt: cursor } }),
    };
    return this.em.find(UploadSession, where, { ...NEWEST_FIRST, limit });
  }

  listMedia({ ownerId, cursor }: InventoryRequest, limit: number): Promise<MediaFile[]> {
    const where: FilterQuery<MediaFile> = {
      ...(ownerId !== undefined && { ownerId }),
      ...(cursor !== undefined && { id: { $lt: cursor } }),
    };
    return this.em.find(MediaFile, where, { ...NEWEST_FIRST, limit });
  }

  async countDiscarded(): Promise<number> {
    const [row] = await this.em.execute<{ count: string }[]>('select count(*) as count from discarded_blobs');
    return Number(row?.count ?? 0);
  }

  async listLargestUsers(limit: number): Promise<UserStorage[]> {
    const rows = await this.em.execute<
      { ownerId: string; recordings: string; recordingBytes: string; unfinishedBytes: string }[]
    >(
      `with stored as (
         select owner_id, count(*) as recordings, sum(size_bytes) filter (where is_first) as bytes, 0 as unfinished
         from (select owner_id, size_bytes, row_number() over (partition by owner_id, blob_key order by id) = 1 as is_first
               from media_files) as files group by owner_id
         union all select sessions.owner_id, 0, 0, sum(parts.size_bytes)
         from upload_parts as parts join upload_sessions as sessions on sessions.id = parts.session_id
         where parts.size_bytes is not null
           and not exists (select from media_files where media_files.blob_key = parts.blob_key)
         group by sessions.owner_id)
       select owner_id as "ownerId", sum(recordings) as recordings, sum(bytes) as "recordingBytes",
         sum(unfinished) as "unfinishedBytes"
       from stored group by owner_id order by sum(bytes + unfinished) desc, owner_id limit ?`,
      [limit],
    );
    return rows.map((row) => ({
      ownerId: row.ownerId,
      recordings: Number(row.recordings),
      recordingBytes: Number(row.recordingBytes),
      unfinishedBytes: Number(row.unfinishedBytes),
    }));
  }
}

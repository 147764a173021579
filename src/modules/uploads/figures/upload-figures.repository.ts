import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { bucketOf, bucketValues, type TimeBuckets } from '../../../platform/database/time-buckets.js';
import type { UploadDoor, UploadStatus } from '../sessions/upload-session.view.js';
import type { ArrivedRecordings, StoredBytes, UploadSessionCount } from './upload-figures.view.js';

@Injectable()
export class UploadFiguresRepository {
  constructor(private readonly em: EntityManager) {}

  async countSessions(): Promise<readonly UploadSessionCount[]> {
    const rows = await this.em.execute<{ door: UploadDoor; status: UploadStatus; count: string }[]>(
      'select door, status, count(*) as count from upload_sessions group by door, status',
    );
    return rows.map(({ door, status, count }) => ({ door, status, count: Number(count) }));
  }

  async countActiveByUser(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.em.execute<{ id: string; count: string }[]>(
      `select owner_id as id, count(*) as count from upload_sessions where status = 'active' group by owner_id order by owner_id`,
    );
    return new Map(rows.map(({ id, count }) => [id, Number(count)]));
  }

  async sumStoredBytes(): Promise<number> {
    const [row] = await this.em.execute<{ bytes: string }[]>(
      `select coalesce(sum(size_bytes), 0) as bytes from (
         select blob_key, size_bytes from media_files
         union select blob_key, size_bytes from upload_parts where size_bytes is not null
       ) as blobs`,
    );
    return Number(row?.bytes ?? 0);
  }

  async sumStoredByKind(): Promise<StoredBytes> {
    const [row] = await this.em.execute<{ recordings: string; parts: string; database: string }[]>(
      `select (select coalesce(sum(size_bytes), 0) from (select distinct blob_key, size_bytes from media_files) as blobs) as recordings,
         (select coalesce(sum(size_bytes), 0) from upload_parts as parts
           where not exists (select from media_files where media_files.blob_key = parts.blob_key)) as parts,
         pg_database_size(current_database()) as database`,
    );
    return {
      recordings: Number(row?.recordings ?? 0),
      unfinishedUploads: Number(row?.parts ?? 0),
      database: Number(row?.database ?? 0),
    };
  }

  async listArrived(buckets: TimeBuckets): Promise<ArrivedRecordings[]> {
    const rows = await this.em.execute<{ bucket: number; count: string; bytes: string }[]>(
      `select ${bucketOf('created_at')} as bucket, count(*) as count, sum(size_bytes) as bytes
       from media_files where created_at >= ? group by 1`,
      [...bucketValues(buckets), buckets.from],
    );
    return rows.map(({ bucket, count, bytes }) => ({ bucket, count: Number(count), bytes: Number(bytes) }));
  }
}

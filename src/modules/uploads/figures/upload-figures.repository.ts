import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { UploadDoor, UploadStatus } from '../sessions/upload-session.view.js';
import type { UploadSessionCount } from './upload-figures.view.js';

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
}

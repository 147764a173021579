import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { UploadPart } from './upload-part.entity.js';

@Injectable()
export class UploadPartsRepository {
  constructor(private readonly em: EntityManager) {}

  /** In the order of the file. */
  list(sessionId: string): Promise<UploadPart[]> {
    return this.em.find(UploadPart, { sessionId }, { orderBy: { number: 'asc' }, disableIdentityMap: true });
  }

  /** Those that are on their way, or whose process died. */
  listUnsettled(sessionId: string): Promise<UploadPart[]> {
    return this.em.find(UploadPart, { sessionId, sizeBytes: null }, { disableIdentityMap: true });
  }

  find(sessionId: string, number: number): Promise<UploadPart | null> {
    return this.em.findOne(UploadPart, { sessionId, number }, { disableIdentityMap: true });
  }

  /** How many are stored, for each session that has any. */
  async countStored(sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.em.execute<{ id: string; count: string }[]>(
      `select session_id as id, count(*) as count from upload_parts
       where size_bytes is not null and session_id in (${sessionIds.map(() => '?').join(', ')}) group by session_id`,
      [...sessionIds],
    );
    return new Map(rows.map(({ id, count }) => [id, Number(count)]));
  }

  /** @returns false when there is one of this number */
  async insert(part: UploadPart): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `insert into upload_parts (session_id, number, blob_key, size_bytes, sha256) values (?, ?, ?, ?, ?)
       on conflict (session_id, number) do nothing returning number`,
      [part.sessionId, part.number, part.blobKey, part.sizeBytes, part.sha256],
    );
    return rows.length === 1;
  }

  /**
   * Puts a part behind those that are stored. One that is on its way holds the place, so that nothing gets between it and what was there
   * when it began.
   *
   * @returns false when the session is not active, does not stand at this offset, or has a part on its way there
   */
  async insertNext(
    { sessionId, blobKey, sizeBytes, sha256 }: Omit<UploadPart, 'number'>,
    offset: number,
  ): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `insert into upload_parts (session_id, number, blob_key, size_bytes, sha256)
       select id, (select count(*) from upload_parts where session_id = id and size_bytes is not null), ?, ?::bigint, ?
       from upload_sessions where id = ? and status = 'active' and received_bytes = ?
       on conflict (session_id, number) do nothing returning number`,
      [blobKey, sizeBytes, sha256, sessionId, offset],
    );
    return rows.length === 1;
  }

  /** @returns false when it is gone: the session was ended meanwhile, or somebody else salvaged the part */
  async settle(blobKey: string, sizeBytes: number, sha256: string | null): Promise<boolean> {
    const settled = await this.em.nativeUpdate(
      UploadPart,
      { blobKey, sizeBytes: null },
      { sizeBytes, sha256 },
    );
    return settled === 1;
  }

  async deleteUnsettled(blobKey: string): Promise<void> {
    await this.em.nativeDelete(UploadPart, { blobKey, sizeBytes: null });
  }

  /** @returns the keys of their blobs */
  async deleteAllOfSession(sessionId: string): Promise<string[]> {
    const rows = await this.em.execute<{ key: string }[]>(
      'delete from upload_parts where session_id = ? returning blob_key as key',
      [sessionId],
    );
    return rows.map(({ key }) => key);
  }

  async listKeysOfOwner(ownerId: string): Promise<string[]> {
    const rows = await this.em.execute<{ key: string }[]>(
      `select blob_key as key from upload_parts where session_id in (select id from upload_sessions where owner_id = ?)`,
      [ownerId],
    );
    return rows.map(({ key }) => key);
  }

  /** Hands the parts of one session to another one, numbered on from this one. Returns how many there are. */
  async moveTo(sessionId: string, from: string, firstNumber: number): Promise<number> {
    const moved = await this.em.execute<unknown[]>(
      'update upload_parts set session_id = ?, number = number + ? where session_id = ? returning number',
      [sessionId, firstNumber, from],
    );
    return moved.length;
  }

  async findReferenced(blobKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await this.em.find(
      UploadPart,
      { blobKey: { $in: [...blobKeys] } },
      { fields: ['blobKey'], disableIdentityMap: true },
    );
    return new Set(found.map(({ blobKey }) => blobKey));
  }
}

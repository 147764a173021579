import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../platform/database/advisory-lock.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import { UploadSession } from './upload-session.entity.js';
import { UPLOAD_TRANSITIONS, type UploadTransition } from './upload-session.machine.js';
import type { UploadDoor } from './upload-session.view.js';

const OPEN = { status: { $in: ['active', 'assembling'] } } as const;
const PAGE = 500;
/** By tus nobody asks for the end: it comes with the last byte. */
const IS_WHOLE = `(door = 'tus' and concat is null and received_bytes is not distinct from size_bytes)`;

export interface UploadFilter {
  readonly activeOnly: boolean;
  readonly offset: number;
  readonly limit: number;
}

@Injectable()
export class UploadSessionsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Nobody else begins sessions of this owner until the transaction ends. */
  async lockOwner({ ownerId }: OwnerFilter): Promise<void> {
    await lockUntilCommit(this.em, 'uploads', ownerId);
  }

  async insert(session: UploadSession): Promise<void> {
    await this.em.insert(UploadSession, session);
  }

  /** For the service itself, which works for everybody. */
  find(id: string): Promise<UploadSession | null> {
    return this.em.findOne(UploadSession, { id }, { disableIdentityMap: true });
  }

  findOwned(id: string, owner: OwnerFilter): Promise<UploadSession | null> {
    return this.em.findOne(UploadSession, { id, ...owner }, { disableIdentityMap: true });
  }

  /** The session that was made of these, in this order. */
  async findJoined(pieces: readonly string[], { ownerId }: OwnerFilter): Promise<UploadSession | null> {
    const [row] = await this.em.execute<{ id: string }[]>(
      'select id from upload_sessions where owner_id = ? and pieces = ?::jsonb',
      [ownerId, JSON.stringify(pieces)],
    );
    return row === undefined ? null : this.find(row.id);
  }

  listNewestFirst(
    owner: OwnerFilter,
    { activeOnly, offset, limit }: UploadFilter,
  ): Promise<[UploadSession[], number]> {
    return this.em.findAndCount(
      UploadSession,
      { ...owner, ...(activeOnly ? OPEN : {}) },
      { orderBy: { createdAt: 'desc', id: 'desc' }, offset, limit, disableIdentityMap: true },
    );
  }

  /** Sessions that are not ended. */
  countOpen(owner: OwnerFilter): Promise<number> {
    return this.em.count(UploadSession, { ...owner, ...OPEN });
  }

  /** The bytes that the files of sessions that are not ended will have; of those that have not said, what has arrived. */
  async sumOpen({ ownerId }: OwnerFilter): Promise<number> {
    const [row] = await this.em.execute<{ bytes: string }[]>(
      `select coalesce(sum(greatest(size_bytes, received_bytes + arriving_bytes)), 0) as bytes from upload_sessions
       where owner_id = ? and status in ('active', 'assembling')`,
      [ownerId],
    );
    return Number(row?.bytes ?? 0);
  }

  /** @returns false when the session is in no status from which this may happen, or is to expire and was gone on with */
  async move(
    id: string,
    transition: UploadTransition,
    changes: Partial<Pick<UploadSession, 'mediaFileId' | 'jobId' | 'sha256' | 'errorCode' | 'errorDetail'>>,
    at: Date,
  ): Promise<boolean> {
    const { from, to } = UPLOAD_TRANSITIONS[transition];
    const moved = await this.em.nativeUpdate(
      UploadSession,
      { id, status: { $in: [...from] }, ...(transition === 'expire' ? { expiresAt: { $lt: at } } : {}) },
      { status: to, updatedAt: at, ...changes },
    );
    return moved === 1;
  }

  async noteWaiting(id: string, waitingFor: string): Promise<void> {
    await this.em.nativeUpdate(UploadSession, { id, status: 'assembling' }, { waitingFor });
  }

  /**
   * Counts bytes that were stored, and lets the session live on.
   *
   * @param offset where they begin; null for bytes that have their place whatever came before
   * @returns the door that they came through; null when the session is not active any more, or stands elsewhere
   */
  async addReceived(
    id: string,
    { offset, bytes }: { readonly offset: number | null; readonly bytes: number },
    at: Date,
    expiresAt: Date,
  ): Promise<UploadDoor | null> {
    const rows = await this.em.execute<{ door: UploadDoor }[]>(
      `update upload_sessions set received_bytes = received_bytes + ?, arriving_bytes = 0, updated_at = ?, expires_at = ?
       where id = ? and status = 'active' and received_bytes = coalesce(?::bigint, received_bytes) returning door`,
      [bytes, at, expiresAt, id, offset],
    );
    return rows[0]?.door ?? null;
  }

  /**
   * How much of the part of each session has arrived.
   *
   * @returns the sessions that are still active
   */
  async noteArriving(
    arriving: readonly { readonly sessionId: string; readonly sizeBytes: number }[],
  ): Promise<ReadonlySet<string>> {
    const rows = await this.em.execute<{ id: string }[]>(
      `update upload_sessions set arriving_bytes = noted.bytes
       from (values ${arriving.map(() => '(?::uuid, ?::bigint)').join(', ')}) as noted (id, bytes)
       where upload_sessions.id = noted.id and status = 'active' returning upload_sessions.id`,
      arriving.flatMap(({ sessionId, sizeBytes }) => [sessionId, sizeBytes]),
    );
    return new Set(rows.map(({ id }) => id));
  }

  async forgetArriving(): Promise<void> {
    await this.em.execute(
      `update upload_sessions set arriving_bytes = 0
       where status = 'active' and arriving_bytes > 0 and (lease_token is null or lease_expires_at < now())`,
    );
  }

  /** Files that nobody fetches any more, for at least so long. */
  async listAbandonedFetches(seconds: number): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(
      `select id from upload_sessions where status = 'active' and door = 'url' and received_bytes = 0
         and (lease_token is null or lease_expires_at < now()) and updated_at < now() - make_interval(secs => ?) limit ${PAGE}`,
      [seconds],
    );
    return rows.map(({ id }) => id);
  }

  /** For a session that began without a size. One that has a size keeps it. */
  async setSize(id: string, sizeBytes: number): Promise<void> {
    await this.em.nativeUpdate(UploadSession, { id, sizeBytes: null }, { sizeBytes });
  }

  /** For one that was made of others: it has all its bytes. */
  async setWhole(id: string, bytes: number): Promise<void> {
    await this.em.nativeUpdate(UploadSession, { id }, { sizeBytes: bytes, receivedBytes: bytes });
  }

  /** Sessions that are over and that nobody works on at this moment. What is whole is never over: it is owed an outcome. */
  async listExpired(now: Date): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(
      `select id from upload_sessions where status = 'active' and expires_at < ?
         and not ${IS_WHOLE}
         and (lease_token is null or lease_expires_at < now()) order by expires_at limit ${PAGE}`,
      [now],
    );
    return rows.map(({ id }) => id);
  }

  /** Sessions that wait to be assembled, without anybody who does it, for at least so long. Those of tus and by URL have no request that asks for it. */
  async listUnfinished(seconds: number): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(
      `select id from upload_sessions where (status = 'assembling'
           or (status = 'active' and ${IS_WHOLE})
           or (status = 'active' and door = 'url' and received_bytes > 0))
         and (lease_token is null or lease_expires_at < now()) and updated_at < now() - make_interval(secs => ?) order by updated_at limit ${PAGE}`,
      [seconds],
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets sessions that ended before this time. */
  deleteEnded(before: Date): Promise<number> {
    return this.em.nativeDelete(UploadSession, {
      status: { $nin: ['active', 'assembling'] },
      updatedAt: { $lt: before },
    });
  }

  async deleteAllOf(ownerId: string): Promise<void> {
    await this.em.nativeDelete(UploadSession, { ownerId });
  }

  /**
   * What the holder before was receiving is not on its way any more.
   *
   * @returns false while somebody else holds the lease
   */
  async takeLease(id: string, token: string, seconds: number): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update upload_sessions set lease_token = ?, lease_expires_at = now() + make_interval(secs => ?), lease_wanted = false, arriving_bytes = 0
       where id = ? and (lease_token is null or lease_expires_at < now()) returning id`,
      [token, seconds, id],
    );
    return rows.length === 1;
  }

  async askForLease(id: string): Promise<void> {
    await this.em.execute(
      'update upload_sessions set lease_wanted = true where id = ? and lease_token is not null',
      [id],
    );
  }

  /** @returns those that are still held, and whether somebody waits for them */
  async renewLeases(tokens: readonly string[], seconds: number): Promise<ReadonlyMap<string, boolean>> {
    const rows = await this.em.execute<{ token: string; wanted: boolean }[]>(
      `update upload_sessions set lease_expires_at = now() + make_interval(secs => ?)
       where lease_token in (${tokens.map(() => '?').join(', ')}) returning lease_token as token, lease_wanted as wanted`,
      [seconds, ...tokens],
    );
    return new Map(rows.map(({ token, wanted }) => [token, wanted]));
  }

  async giveLease(token: string): Promise<void> {
    await this.em.execute(
      'update upload_sessions set lease_token = null, lease_expires_at = null, lease_wanted = false, arriving_bytes = 0 where lease_token = ?',
      [token],
    );
  }
}

import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { User } from '../users/user.entity.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';

export type SessionHolder = Pick<User, 'id' | 'username' | 'role' | 'mustChangePassword'>;

@Injectable()
export class SessionsRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(session: Session): Promise<void> {
    await this.em.insert(Session, session);
  }

  async insertToken(token: RefreshToken): Promise<void> {
    await this.em.insert(RefreshToken, token);
  }

  find(id: string): Promise<Session | null> {
    return this.em.findOne(Session, { id }, { disableIdentityMap: true });
  }

  /** Whose each session is, unless it is over or that user is disabled. One statement without entities: nearly every request asks for it. */
  async findHolders(ids: readonly string[], now: Date): Promise<(SessionHolder | null)[]> {
    const rows = await this.em.execute<(SessionHolder & { readonly sessionId: string })[]>(
      `select sessions.id as "sessionId", users.id, username, role, must_change_password as "mustChangePassword"
       from sessions join users on users.id = user_id
       where sessions.id = any(string_to_array(?, ',')::uuid[]) and expires_at > ? and disabled_at is null`,
      [ids.join(','), now],
    );
    const holders = new Map(rows.map(({ sessionId, ...holder }) => [sessionId, holder]));
    return ids.map((id) => holders.get(id) ?? null);
  }

  /** The session as it is now, which stays so until the transaction ends; null when there is none. */
  lock(id: string): Promise<Session | null> {
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE, disableIdentityMap: true } as const;
    return this.em.findOne(Session, { id }, options);
  }

  /** Finds a refresh token by any of these hashes. */
  findToken(hashes: readonly string[]): Promise<RefreshToken | null> {
    return this.em.findOne(RefreshToken, { tokenHash: { $in: [...hashes] } }, { disableIdentityMap: true });
  }

  /** Of those who present a token at the same moment one is told true. */
  async useToken(tokenHash: string, usedAt: Date): Promise<boolean> {
    return (await this.em.nativeUpdate(RefreshToken, { tokenHash, usedAt: null }, { usedAt })) === 1;
  }

  async prolong(id: string, lastUsedAt: Date, expiresAt: Date): Promise<void> {
    await this.em.nativeUpdate(Session, { id }, { lastUsedAt, expiresAt });
  }

  listOf(userId: string, now: Date): Promise<Session[]> {
    return this.em.find(
      Session,
      { userId, expiresAt: { $gt: now } },
      { orderBy: { createdAt: 'desc', id: 'desc' }, disableIdentityMap: true },
    );
  }

  /** False when the user has no such session. */
  async deleteOf(userId: string, id: string): Promise<boolean> {
    return (await this.em.nativeDelete(Session, { id, userId })) === 1;
  }

  deleteAllOf(userId: string): Promise<number> {
    return this.em.nativeDelete(Session, { userId });
  }

  /** Sessions that are over would otherwise stay for ever. */
  async deleteExpired(now: Date): Promise<void> {
    await this.em.nativeDelete(Session, { expiresAt: { $lte: now } });
  }
}

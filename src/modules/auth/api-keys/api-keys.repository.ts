import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Role, Scope } from '../access/scopes.policy.js';
import type { User } from '../users/user.entity.js';
import { ApiKey } from './api-key.entity.js';

/** A key that is known, and who asks with it. */
export interface KeyHolder extends Pick<ApiKey, 'id' | 'scopes' | 'expiresAt' | 'lastUsedAt'> {
  readonly user: Pick<User, 'id' | 'username' | 'role' | 'mustChangePassword'>;
}

interface HolderRow {
  readonly key_hash: string;
  readonly id: string;
  readonly scopes: readonly Scope[];
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly user_id: string;
  readonly username: string;
  readonly role: Role;
  readonly must_change_password: boolean;
}

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(key: ApiKey): Promise<void> {
    await this.em.insert(ApiKey, key);
  }

  /** Each key and whom it is of, unless that user is disabled. One statement without entities: nearly every request asks for it. */
  async findHolders(keyHashes: readonly string[]): Promise<(KeyHolder | null)[]> {
    const rows = await this.em.execute<HolderRow[]>(
      `select key_hash, api_keys.id, scopes, expires_at, last_used_at, user_id, username, role, must_change_password
       from api_keys join users on users.id = user_id
       where key_hash = any(string_to_array(?, ',')) and disabled_at is null`,
      [keyHashes.join(',')],
    );
    const holders = new Map(rows.map((row) => [row.key_hash, toHolder(row)]));
    return keyHashes.map((keyHash) => holders.get(keyHash) ?? null);
  }

  listOf(userId: string): Promise<ApiKey[]> {
    return this.em.find(
      ApiKey,
      { userId },
      { orderBy: { createdAt: 'desc', id: 'desc' }, disableIdentityMap: true },
    );
  }

  countOf(userId: string): Promise<number> {
    return this.em.count(ApiKey, { userId });
  }

  /** False when the user has no such key. */
  async deleteOf(userId: string, id: string): Promise<boolean> {
    return (await this.em.nativeDelete(ApiKey, { id, userId })) === 1;
  }

  deleteAllOf(userId: string): Promise<number> {
    return this.em.nativeDelete(ApiKey, { userId });
  }

  async noteUse(id: string, lastUsedAt: Date): Promise<void> {
    await this.em.nativeUpdate(ApiKey, { id }, { lastUsedAt });
  }
}

function toHolder(row: HolderRow): KeyHolder {
  return {
    id: row.id,
    scopes: row.scopes,
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at),
    user: {
      id: row.user_id,
      username: row.username,
      role: row.role,
      mustChangePassword: row.must_change_password,
    },
  };
}

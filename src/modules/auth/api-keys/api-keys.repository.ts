import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ApiKey } from './api-key.entity.js';

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(key: ApiKey): Promise<void> {
    await this.em.insert(ApiKey, key);
  }

  findByHash(keyHash: string): Promise<ApiKey | null> {
    return this.em.findOne(ApiKey, { keyHash }, { disableIdentityMap: true });
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

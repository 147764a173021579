import { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../platform/database/advisory-lock.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import { Webhook } from './webhook.entity.js';

@Injectable()
export class WebhooksRepository {
  constructor(private readonly em: EntityManager) {}

  /** Nobody else adds webhooks of this owner until the transaction ends. */
  async lockOwner({ ownerId }: OwnerFilter): Promise<void> {
    await lockUntilCommit(this.em, 'webhooks', ownerId);
  }

  async insert(webhook: Webhook): Promise<void> {
    await this.em.insert(Webhook, webhook);
  }

  count(owner: OwnerFilter): Promise<number> {
    return this.em.count(Webhook, { ...owner });
  }

  /** For the service itself, which works for everybody. */
  find(id: string): Promise<Webhook | null> {
    return this.em.findOne(Webhook, { id }, { disableIdentityMap: true });
  }

  findOwned(id: string, owner: OwnerFilter): Promise<Webhook | null> {
    return this.em.findOne(Webhook, { id, ...owner }, { disableIdentityMap: true });
  }

  /** The same, which nobody else can change or delete until the transaction ends. */
  async lockOwned(id: string, owner: OwnerFilter): Promise<Webhook | null> {
    return this.em.findOne(
      Webhook,
      { id, ...owner },
      { disableIdentityMap: true, lockMode: LockMode.PESSIMISTIC_WRITE },
    );
  }

  listOf(owner: OwnerFilter): Promise<Webhook[]> {
    return this.em.find(
      Webhook,
      { ...owner },
      { orderBy: { createdAt: 'desc', id: 'desc' }, disableIdentityMap: true },
    );
  }

  /** Those of all these owners that want to be told. */
  listEnabled(ownerIds: readonly string[]): Promise<Webhook[]> {
    return this.em.find(
      Webhook,
      { ownerId: { $in: [...ownerIds] }, enabled: true },
      { disableIdentityMap: true },
    );
  }

  /** False when the owner has no such webhook. */
  async update(
    id: string,
    owner: OwnerFilter,
    changes: Partial<Omit<Webhook, 'id' | 'ownerId'>>,
  ): Promise<boolean> {
    return (await this.em.nativeUpdate(Webhook, { id, ...owner }, changes)) === 1;
  }

  /** False when it was disabled before. */
  async disable(id: string, disabledReason: 'gone'): Promise<boolean> {
    const changed = await this.em.nativeUpdate(
      Webhook,
      { id, enabled: true },
      { enabled: false, disabledReason },
    );
    return changed > 0;
  }

  /** False when the owner has no such webhook. Its deliveries go with it. */
  async delete(id: string, owner: OwnerFilter): Promise<boolean> {
    return (await this.em.nativeDelete(Webhook, { id, ...owner })) === 1;
  }
}

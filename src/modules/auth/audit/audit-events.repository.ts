import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AuditEvent } from './audit-event.entity.js';
import type { AuditFilter } from './audit-event.view.js';

/** The place of an event in the order of the trail. */
export type Position = Pick<AuditEvent, 'occurredAt' | 'id'>;

/** Knows how to add, to read, and to forget names; the database itself refuses the rest. */
@Injectable()
export class AuditEventsRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(event: AuditEvent): Promise<void> {
    await this.em.insert(AuditEvent, event);
  }

  /** Of what the user did, and of what was done to the account; the addresses of others stay. */
  async forgetNames(userId: string): Promise<void> {
    await this.em.execute(
      `update audit_events set actor_name = null, address = null, details = details - 'username' where actor_id = ?`,
      [userId],
    );
    await this.em.execute(
      `update audit_events set details = details - 'username', address = case when actor_kind = 'anonymous' then null else address end
        where object_kind = 'user' and object_id = ?`,
      [userId],
    );
  }

  find(id: string): Promise<AuditEvent | null> {
    return this.em.findOne(AuditEvent, { id }, { disableIdentityMap: true });
  }

  listNewestFirst(filter: AuditFilter, before: Position | null, limit: number): Promise<AuditEvent[]> {
    return this.em.find(AuditEvent, where(filter, before, '$lt'), {
      orderBy: { occurredAt: 'desc', id: 'desc' },
      limit,
      disableIdentityMap: true,
    });
  }

  listOldestFirst(filter: AuditFilter, after: Position | null, limit: number): Promise<AuditEvent[]> {
    return this.em.find(AuditEvent, where(filter, after, '$gt'), {
      orderBy: { occurredAt: 'asc', id: 'asc' },
      limit,
      disableIdentityMap: true,
    });
  }
}

function where(
  filter: AuditFilter,
  position: Position | null,
  beyond: '$lt' | '$gt',
): FilterQuery<AuditEvent> {
  const { actorId, actions, objectKind, objectId, outcome, address, from, to } = filter;
  const conditions: FilterQuery<AuditEvent>[] = [];
  if (actorId !== undefined) conditions.push({ actorId });
  if (actions !== undefined) conditions.push({ action: { $in: [...actions] } });
  if (objectKind !== undefined) conditions.push({ objectKind });
  if (objectId !== undefined) conditions.push({ objectId });
  if (outcome !== undefined) conditions.push({ outcome });
  if (address !== undefined) conditions.push({ address });
  if (from !== undefined) conditions.push({ occurredAt: { $gte: from } });
  if (to !== undefined) conditions.push({ occurredAt: { $lt: to } });
  if (position !== null) {
    const { occurredAt, id } = position;
    // The first condition is one that an index can begin at; the second alone is not.
    conditions.push({ occurredAt: { [`${beyond}e`]: occurredAt } });
    conditions.push({ $or: [{ occurredAt: { [beyond]: occurredAt } }, { id: { [beyond]: id } }] });
  }
  return { $and: conditions };
}

import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { ActorKind } from '../access/actor.view.js';
import type { AuditAction, ObjectKind, Outcome } from './audit-actions.view.js';

/** Who did what to which object, when and from where. Such a row is never changed or deleted, and points to none that could be. */
@Entity({ tableName: 'audit_events' })
export class AuditEvent {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'datetime' })
  occurredAt!: Date;

  @Property({ type: 'text' })
  actorKind!: ActorKind;

  @Property({ type: 'uuid', nullable: true })
  actorId!: string | null;

  /** As it was then. */
  @Property({ type: 'text', nullable: true })
  actorName!: string | null;

  @Property({ type: 'text', nullable: true })
  credential!: 'session' | 'api_key' | null;

  @Property({ type: 'uuid', nullable: true })
  credentialId!: string | null;

  @Property({ type: 'text' })
  action!: AuditAction;

  @Property({ type: 'text' })
  objectKind!: ObjectKind;

  @Property({ type: 'text', nullable: true })
  objectId!: string | null;

  @Property({ type: 'text' })
  outcome!: Outcome;

  @Property({ type: 'text', nullable: true })
  address!: string | null;

  @Property({ type: 'text', nullable: true })
  requestId!: string | null;

  @Property({ type: 'json', columnType: 'jsonb' })
  details!: Readonly<Record<string, unknown>>;
}

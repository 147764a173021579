import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ACTOR_KINDS, type ActorKind } from '../../auth/access/actor.view.js';
import {
  AUDIT_ACTION_NAMES,
  OBJECT_KINDS,
  OUTCOMES,
  type AuditAction,
  type ObjectKind,
  type Outcome,
} from '../../auth/audit/audit-actions.view.js';
import type { AuditEventView, AuditPage } from '../../auth/audit/audit-event.view.js';

@ApiSchema({ name: 'AuditEvent' })
export class AuditEventDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  occurred_at!: string;

  @ApiProperty({ enum: AUDIT_ACTION_NAMES, enumName: 'AuditAction', example: 'api_key.created' })
  action!: AuditAction;

  @ApiProperty({ enum: OUTCOMES, enumName: 'AuditOutcome' })
  outcome!: Outcome;

  @ApiProperty({
    enum: ACTOR_KINDS,
    enumName: 'AuditActorKind',
    description:
      '`local`: the user of this machine; `anonymous`: somebody who did not prove who they are; `system`: the service itself',
  })
  actor_kind!: ActorKind;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The user' })
  actor_id!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The name of the user at that time',
    example: 'anna',
  })
  actor_name!: string | null;

  @ApiProperty({ type: String, enum: ['session', 'api_key', null], nullable: true })
  credential!: 'session' | 'api_key' | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The session or the key' })
  credential_id!: string | null;

  @ApiProperty({ enum: OBJECT_KINDS, enumName: 'AuditObjectKind' })
  object_kind!: ObjectKind;

  @ApiProperty({ type: String, nullable: true, description: 'Id, of a model the name' })
  object_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  address!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Names the log entries of the request' })
  request_id!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What else is to be known; docs/audit.md says what each action tells',
    example: { scopes: ['read'], expires_at: null },
  })
  details!: Record<string, unknown>;
}

@ApiSchema({ name: 'AuditEventList' })
export class AuditEventListDto {
  @ApiProperty({ type: [AuditEventDto], description: 'Newest first' })
  events!: AuditEventDto[];

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The `cursor` of the next page; null: this is the last',
  })
  next_cursor!: string | null;
}

export function toAuditEventDto(event: AuditEventView): AuditEventDto {
  return {
    id: event.id,
    occurred_at: event.occurredAt.toISOString(),
    action: event.action,
    outcome: event.outcome,
    actor_kind: event.actorKind,
    actor_id: event.actorId,
    actor_name: event.actorName,
    credential: event.credential,
    credential_id: event.credentialId,
    object_kind: event.objectKind,
    object_id: event.objectId,
    address: event.address,
    request_id: event.requestId,
    details: event.details,
  };
}

export function toAuditEventListDto({ events, nextCursor }: AuditPage): AuditEventListDto {
  return { events: events.map(toAuditEventDto), next_cursor: nextCursor };
}

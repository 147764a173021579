import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayUnique, IsIn, IsIP, IsUUID, Matches } from 'class-validator';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import { IsPageSize } from '../../../platform/http/page.query.dto.js';
import {
  AUDIT_ACTION_NAMES,
  OBJECT_KINDS,
  OUTCOMES,
  type AuditAction,
  type ObjectKind,
  type Outcome,
} from '../../auth/audit/audit-actions.view.js';
import type { AuditFilter } from '../../auth/audit/audit-event.view.js';
import { AUDIT_FORMAT_NAMES, type AuditFormatName } from '../audit-formats.js';

/** RFC 3339; what every Date can be made of. */
const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const NO_INSTANT = { message: 'must be a time like 2026-11-24T00:00:00Z' };
const OBJECT_ID = /^[\w.-]{1,64}$/;

const toList = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? [value] : value);

class AuditFilterDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'The user who did it' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be an id' })
  actor_id?: string;

  @ApiPropertyOptional({
    enum: AUDIT_ACTION_NAMES,
    enumName: 'AuditAction',
    isArray: true,
    description: 'One or, repeated, several',
  })
  @MayBeAbsent()
  @Transform(toList)
  @ArrayUnique()
  @IsIn(AUDIT_ACTION_NAMES, { each: true, message: 'must be names of actions' })
  action?: AuditAction[];

  @ApiPropertyOptional({ enum: OBJECT_KINDS, enumName: 'AuditObjectKind' })
  @MayBeAbsent()
  @IsIn(OBJECT_KINDS)
  object_kind?: ObjectKind;

  @ApiPropertyOptional({
    description: 'What it was done to',
    example: '01a20b8b-1e34-71c6-9687-0bdc11895273',
  })
  @MayBeAbsent()
  @Matches(OBJECT_ID, { message: 'must be an id or the name of a model' })
  object_id?: string;

  @ApiPropertyOptional({ enum: OUTCOMES, enumName: 'AuditOutcome' })
  @MayBeAbsent()
  @IsIn(OUTCOMES)
  outcome?: Outcome;

  @ApiPropertyOptional({ description: 'From where', example: '192.0.2.7' })
  @MayBeAbsent()
  @IsIP()
  address?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before this' })
  @MayBeAbsent()
  @Matches(INSTANT, NO_INSTANT)
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this' })
  @MayBeAbsent()
  @Matches(INSTANT, NO_INSTANT)
  to?: string;
}

export class ListAuditQueryDto extends AuditFilterDto {
  @IsPageSize()
  limit = 100;

  @ApiPropertyOptional({ format: 'uuid', description: 'The `next_cursor` of the page before' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be one that a page gave' })
  cursor?: string;
}

export class ExportAuditQueryDto extends AuditFilterDto {
  @ApiPropertyOptional({ enum: AUDIT_FORMAT_NAMES, default: 'csv' })
  @MayBeAbsent()
  @IsIn(AUDIT_FORMAT_NAMES)
  format: AuditFormatName = 'csv';
}

export function toAuditFilter(query: AuditFilterDto): AuditFilter {
  return {
    actorId: query.actor_id,
    actions: query.action,
    objectKind: query.object_kind,
    objectId: query.object_id,
    outcome: query.outcome,
    address: query.address,
    from: query.from === undefined ? undefined : new Date(query.from),
    to: query.to === undefined ? undefined : new Date(query.to),
  };
}

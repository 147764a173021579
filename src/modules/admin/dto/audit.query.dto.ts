import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayUnique, IsIn, IsIP, IsUUID, Matches } from 'class-validator';
import { IsInstant } from '../../../platform/http/is-instant.decorator.js';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import { IsPageSize } from '../../../platform/http/page.query.dto.js';
import { toList } from '../../../platform/http/to-list.js';
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

const OBJECT_ID = /^[\w.-]{1,64}$/;

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
  @ArrayUnique({ message: 'must not name anything twice' })
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

  @IsInstant('Not before this')
  from?: string;

  @IsInstant('Before this')
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

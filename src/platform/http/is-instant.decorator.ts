import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { MayBeAbsent } from './may-be-absent.decorator.js';

/** RFC 3339; what every Date can be made of, and every database takes. */
const INSTANT =
  /^(?!9999)[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** A time that may be absent. */
export function IsInstant(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ format: 'date-time', description }),
    MayBeAbsent(),
    Matches(INSTANT, { message: 'must be a time like 2026-11-24T00:00:00Z' }),
  );
}

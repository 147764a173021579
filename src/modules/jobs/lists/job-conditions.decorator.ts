import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayUnique, IsIn, IsString, MaxLength } from 'class-validator';
import { MODEL_NAMES } from '../../../platform/config/model-names.js';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import { toList } from '../../../platform/http/to-list.js';
import { JOB_STATUSES } from '../job.machine.js';

/** Where a list goes on. */
export function IsJobCursor(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description: 'The `next_cursor` of the page before, with the same conditions' }),
    MayBeAbsent(),
    IsString(),
    MaxLength(500),
  );
}

/** For jobs that are so far; a list. */
export function AreJobStatuses(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      enum: JOB_STATUSES,
      enumName: 'JobStatus',
      isArray: true,
      description: 'One or, repeated, several',
    }),
    MayBeAbsent(),
    Transform(toList),
    ArrayUnique({ message: 'must not name anything twice' }),
    IsIn(JOB_STATUSES, { each: true, message: 'must be names of statuses' }),
  );
}

/** For jobs of a model. */
export function IsJobModel(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ enum: MODEL_NAMES, description: 'The model, or another name of it' }),
    MayBeAbsent(),
    IsIn(MODEL_NAMES),
  );
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';
import { MayBeAbsent } from '../../platform/http/may-be-absent.decorator.js';
import { toList } from '../../platform/http/to-list.js';
import { IgnoresUnknownFields } from '../../platform/http/validation.pipe.js';
import { READY_PARTS, type ReadyPart } from '../transcription/readiness.indicator.js';

/** Who probes may add fields of their own, as against caches. */
@IgnoresUnknownFields()
export class ReadinessQueryDto {
  @ApiPropertyOptional({
    enum: READY_PARTS,
    enumName: 'ReadyPart',
    isArray: true,
    description:
      'One or, repeated, several parts that do not count: a proxy in front of API processes leaves out `worker`',
  })
  @MayBeAbsent()
  @Transform(toList)
  @IsIn(READY_PARTS, { each: true, message: 'must be names of parts' })
  exclude: readonly ReadyPart[] = [];
}

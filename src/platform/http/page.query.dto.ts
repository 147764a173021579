import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeAbsent } from './may-be-absent.decorator.js';
import { toWholeNumber } from './whole-number.js';

/** How much of a list to give; for a property that is 100 by default. */
export function IsPageSize(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
    MayBeAbsent(),
    Transform(toWholeNumber),
    IsInt(),
    Min(1),
    Max(1000),
  );
}

/** Which part of a list. */
export class PageQueryDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'How many of the newest to leave out',
  })
  @MayBeAbsent()
  @Transform(toWholeNumber)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  skip = 0;

  @IsPageSize()
  limit = 100;
}

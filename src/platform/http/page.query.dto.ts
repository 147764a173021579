import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { MayBeAbsent } from './may-be-absent.decorator.js';
import { IsWholeNumber } from './whole-number.js';

/** How much of a list to give; for a property that is 100 by default. */
export function IsPageSize(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
    MayBeAbsent(),
    IsWholeNumber({ min: 1, max: 1000 }),
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
  @IsWholeNumber({ min: 0, max: 1_000_000 })
  skip = 0;

  @IsPageSize()
  limit = 100;
}

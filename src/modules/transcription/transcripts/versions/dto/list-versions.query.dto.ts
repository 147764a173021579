import { ApiPropertyOptional } from '@nestjs/swagger';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { IsPageSize } from '../../../../../platform/http/page.query.dto.js';
import { IsWholeNumber } from '../../../../../platform/http/whole-number.js';

export class ListVersionsQueryDto {
  @ApiPropertyOptional({ type: String, description: 'The `next_cursor` of the page before' })
  @MayBeAbsent()
  @IsWholeNumber({ min: 1 })
  cursor?: number;

  @IsPageSize()
  limit = 100;
}

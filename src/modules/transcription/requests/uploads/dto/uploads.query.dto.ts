import { ApiPropertyOptional } from '@nestjs/swagger';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { PageQueryDto } from '../../../../../platform/http/page.query.dto.js';
import { IsTrueOrFalse } from '../../../../../platform/http/true-or-false.js';

export class UploadsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Only those that are not ended' })
  @MayBeAbsent()
  @IsTrueOrFalse()
  active_only = false;
}

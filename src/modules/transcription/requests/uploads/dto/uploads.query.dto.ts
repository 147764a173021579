import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { PageQueryDto } from '../../../../../platform/http/page.query.dto.js';

export class UploadsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Only those that are not ended' })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  active_only = false;
}

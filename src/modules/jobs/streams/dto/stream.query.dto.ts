import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';

export class StreamQueryDto {
  @ApiPropertyOptional({
    description: 'As the header `Last-Event-ID`, which goes before it, for clients that cannot send headers',
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  last_event_id?: string;
}

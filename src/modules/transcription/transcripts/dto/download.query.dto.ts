import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { TRANSCRIPT_FORMAT_NAMES } from '../../exports/transcript-formats.js';

export class DownloadQueryDto {
  @ApiPropertyOptional({ enum: TRANSCRIPT_FORMAT_NAMES, default: 'txt' })
  @MayBeAbsent()
  @IsString()
  format = 'txt';
}

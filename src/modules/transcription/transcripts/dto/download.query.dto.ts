import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { TRANSCRIPT_FORMAT_NAMES } from '../../exports/transcript-formats.js';

export class DownloadQueryDto {
  @ApiPropertyOptional({ enum: TRANSCRIPT_FORMAT_NAMES, default: 'txt' })
  @IsOptional()
  @IsString()
  format = 'txt';
}

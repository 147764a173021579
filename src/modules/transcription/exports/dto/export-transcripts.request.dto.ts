import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsUUID } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { TRANSCRIPT_FORMAT_NAMES, type TranscriptFormatName } from '../transcript-formats.js';
import { ExportOptionsDto } from './export-options.dto.js';

const MOST_TRANSCRIPTS = 200;

@ApiSchema({ name: 'TranscriptExport' })
export class ExportTranscriptsDto extends ExportOptionsDto {
  @ApiProperty({ type: [String], format: 'uuid', minItems: 1, maxItems: MOST_TRANSCRIPTS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TRANSCRIPTS)
  @ArrayUnique({ message: 'must not name anything twice' })
  @IsUUID(undefined, { each: true, message: 'must be ids' })
  job_ids!: string[];

  @ApiPropertyOptional({ enum: TRANSCRIPT_FORMAT_NAMES, default: 'txt' })
  @MayBeAbsent()
  @IsIn(TRANSCRIPT_FORMAT_NAMES)
  format: TranscriptFormatName = 'txt';
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { validationFailed } from '../../../../platform/http/validation.pipe.js';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { IsTrueOrFalse } from '../../../../platform/http/true-or-false.js';
import { IsWholeNumber } from '../../../../platform/http/whole-number.js';
import { DEFAULT_EXPORT, DEFAULT_MAX_LINES, type ExportOptions } from '../export-options.js';
import {
  EXPORT_OPTION_NAMES,
  TRANSCRIPT_FORMAT_NAMES,
  TRANSCRIPT_FORMATS,
  type ExportOptionName,
  type TranscriptFormatName,
} from '../transcript-formats.js';

const LINE_LENGTH = { min: 10, max: 500 };
const MAX_WORDS = { min: 1, max: 1000 };
const MAX_LINES = { min: 1, max: 10 };
const bounds = ({ min, max }: typeof LINE_LENGTH): { minimum: number; maximum: number } => ({
  minimum: min,
  maximum: max,
});

/** How to write transcripts. Options that a format has no use for are refused. */
export class ExportOptionsDto {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'For txt and docx: when each segment begins',
  })
  @MayBeAbsent()
  @IsTrueOrFalse()
  times?: boolean;

  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'But for json: who speaks, where that is known',
  })
  @MayBeAbsent()
  @IsTrueOrFalse()
  speakers?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    ...bounds(LINE_LENGTH),
    example: 42,
    description: 'For srt and vtt: characters in a line; absent: a subtitle is the line of a segment',
  })
  @MayBeAbsent()
  @IsWholeNumber(LINE_LENGTH)
  line_length?: number;

  @ApiPropertyOptional({
    type: 'integer',
    ...bounds(MAX_WORDS),
    example: 8,
    description: 'For srt and vtt: words in a subtitle; absent: those of the segment',
  })
  @MayBeAbsent()
  @IsWholeNumber(MAX_WORDS)
  max_words?: number;

  @ApiPropertyOptional({
    type: 'integer',
    ...bounds(MAX_LINES),
    default: DEFAULT_MAX_LINES,
    description: 'For srt and vtt: lines in a subtitle, where `line_length` breaks it',
  })
  @MayBeAbsent()
  @IsWholeNumber(MAX_LINES)
  max_lines?: number;
}

export class DownloadQueryDto extends ExportOptionsDto {
  @ApiPropertyOptional({ enum: TRANSCRIPT_FORMAT_NAMES, default: 'txt' })
  @MayBeAbsent()
  @IsString()
  format = 'txt';
}

/** @throws AppError validation_failed for an option that the format has no use for */
export function toExportOptions(query: ExportOptionsDto, format: TranscriptFormatName): ExportOptions {
  const known: readonly ExportOptionName[] = TRANSCRIPT_FORMATS[format].options;
  const useless = EXPORT_OPTION_NAMES.filter((name) => query[name] !== undefined && !known.includes(name));
  if (useless.length > 0)
    throw validationFailed(useless.map((field) => ({ field, message: `does not go with ${format}` })));
  const { times, speakers, line_length: lineLength, max_words: maxWords, max_lines: maxLines } = query;
  return {
    times: times ?? DEFAULT_EXPORT.times,
    speakers: speakers ?? DEFAULT_EXPORT.speakers,
    lineLength: lineLength ?? DEFAULT_EXPORT.lineLength,
    maxWords: maxWords ?? DEFAULT_EXPORT.maxWords,
    maxLines: maxLines ?? DEFAULT_EXPORT.maxLines,
  };
}

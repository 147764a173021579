import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsArray, IsObject } from 'class-validator';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { MAX_SEGMENT_CHARACTERS, MAX_SEGMENTS, MAX_SPEAKERS, MAX_WORDS } from '../segment-edits.js';

@ApiSchema({ name: 'WordEdit' })
export class WordEditDto {
  @ApiProperty({ description: 'Seconds from the start of the recording', example: 0.48 })
  start!: number;

  @ApiProperty({ example: 0.9 })
  end!: number;

  @ApiProperty({ example: 'Dashwood,' })
  text!: string;

  @ApiPropertyOptional({ minimum: 0, maximum: 1, default: 1, description: '1 is what a person has written' })
  probability?: number;
}

@ApiSchema({ name: 'SegmentEdit' })
export class SegmentEditDto {
  @ApiProperty({ description: 'Seconds from the start of the recording', example: 0.48 })
  start!: number;

  @ApiProperty({ example: 7.02 })
  end!: number;

  @ApiProperty({ minLength: 1, maxLength: MAX_SEGMENT_CHARACTERS })
  text!: string;

  @ApiPropertyOptional({ description: 'A key of `speakers`', example: 's1' })
  speaker?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'A channel of the transcript' })
  channel?: number;

  @ApiPropertyOptional({
    type: [WordEditDto],
    description:
      'All words of the text; absent: the service finds their times out, where the transcript has words',
  })
  words?: WordEditDto[];
}

/** Segments are looked at one by one where they are used: there may be tens of thousands of words in them. */
@ApiSchema({ name: 'TranscriptChanges' })
export class EditTranscriptDto {
  @ApiPropertyOptional({
    type: [SegmentEditDto],
    maxItems: MAX_SEGMENTS,
    description: `All segments, with ${MAX_WORDS} words at most; they may overlap and are kept in order of their start. Absent: they stay`,
  })
  @MayBeAbsent()
  @IsArray({ message: 'must be a list' })
  segments?: unknown[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: MAX_SPEAKERS,
    description:
      'Names of all speakers by their keys (a letter, then letters, digits and _); `channel_0` names a channel. Absent: they stay',
    example: { s1: 'Elinor', channel_0: 'Caller' },
  })
  @MayBeAbsent()
  @IsObject({ message: 'must be an object' })
  speakers?: Record<string, unknown>;
}

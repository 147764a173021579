import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, Length, Matches, MaxLength } from 'class-validator';
import { checkpointOf, MODEL_NAMES, type ModelName } from '../../../../platform/config/model-names.js';
import { IsInstant } from '../../../../platform/http/is-instant.decorator.js';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { IsWholeNumber } from '../../../../platform/http/whole-number.js';
import type { SearchRequest } from '../search.view.js';

const MOST_HITS = 50;

export class SearchQueryDto {
  @ApiProperty({
    minLength: 1,
    maxLength: 200,
    description:
      'Words in any of their forms, "phrases" in quotes as they are said, -word for what must not be there',
    example: '"Barton Park" leisure -Norland',
  })
  @Length(1, 200)
  q!: string;

  @ApiPropertyOptional({ description: 'The code of the language that is spoken', example: 'en' })
  @MayBeAbsent()
  @Matches(/^[a-z]{2,3}$/, { message: 'must be the code of a language' })
  language?: string;

  @ApiPropertyOptional({ enum: MODEL_NAMES, description: 'The model, or another name of it' })
  @MayBeAbsent()
  @IsIn(MODEL_NAMES)
  model?: ModelName;

  @IsInstant('Of jobs that were created not before this')
  created_after?: string;

  @IsInstant('Of jobs that were created before this')
  created_before?: string;

  @ApiPropertyOptional({ description: 'The `next_cursor` of the page before, with the same conditions' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_HITS, default: 20 })
  @MayBeAbsent()
  @IsWholeNumber({ min: 1, max: MOST_HITS })
  limit = 20;
}

export function toSearchRequest(dto: SearchQueryDto): SearchRequest {
  const { q, language, model, created_after: after, created_before: before, cursor, limit } = dto;
  const filter = {
    language,
    model: model === undefined ? undefined : checkpointOf(model),
    createdAfter: after === undefined ? undefined : new Date(after),
    createdBefore: before === undefined ? undefined : new Date(before),
  };
  // As the engine writes: letters with their marks, which some keyboards send apart.
  return { query: q.normalize('NFC'), filter, cursor, limit };
}

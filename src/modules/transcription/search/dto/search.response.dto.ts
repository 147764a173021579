import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { SearchHit, SearchPage, Snippet } from '../search.view.js';

@ApiSchema({ name: 'Highlight' })
export class HighlightDto {
  @ApiProperty({ type: 'integer', description: 'In UTF-16 code units, as JavaScript counts' })
  start!: number;

  @ApiProperty({ type: 'integer', description: 'Behind the last one' })
  end!: number;
}

@ApiSchema({ name: 'SearchSnippet' })
export class SnippetDto {
  @ApiProperty({ type: 'integer', description: 'Number of the segment' })
  segment!: number;

  @ApiProperty({ description: 'Seconds from the start of the recording', example: 0.48 })
  start!: number;

  @ApiProperty({ example: 7.02 })
  end!: number;

  @ApiProperty({ description: 'As it is: to be escaped where it is shown' })
  text!: string;

  @ApiProperty({ type: [HighlightDto], description: 'What was found in it' })
  highlights!: HighlightDto[];
}

@ApiSchema({ name: 'SearchHit' })
export class SearchHitDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ example: 'interview.mp3' })
  original_filename!: string;

  @ApiProperty({ type: String, nullable: true, example: 'en' })
  language!: string | null;

  @ApiProperty({ example: 'base' })
  model!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ description: 'The higher the better, within one search' })
  rank!: number;

  @ApiProperty({
    type: [SnippetDto],
    description: 'At most three, in order of time; none where the words are in different segments only',
  })
  snippets!: SnippetDto[];
}

@ApiSchema({ name: 'SearchResults' })
export class SearchResultsDto {
  @ApiProperty({ type: [SearchHitDto], description: 'Best first' })
  hits!: SearchHitDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null: this is the last one' })
  next_cursor!: string | null;
}

export function toSearchResults({ hits, nextCursor }: SearchPage): SearchResultsDto {
  return { hits: hits.map(toHit), next_cursor: nextCursor };
}

function toHit(hit: SearchHit): SearchHitDto {
  return {
    job_id: hit.jobId,
    original_filename: hit.originalFilename,
    language: hit.language,
    model: hit.model,
    created_at: hit.createdAt.toISOString(),
    rank: hit.rank,
    snippets: hit.snippets.map(toSnippetDto),
  };
}

function toSnippetDto({ segment, start, end, text, highlights }: Snippet): SnippetDto {
  return { segment, start, end, text, highlights: [...highlights] };
}

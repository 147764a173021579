import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ProblemDto } from '../../../../../platform/openapi/problem-responses.js';
import { SegmentDto, toSegmentResponse } from '../../../../jobs/dto/segment.response.dto.js';
import { ApiSpeakers } from '../../dto/speakers.decorator.js';
import {
  VERSION_KINDS,
  type VersionKind,
  type VersionPage,
  type VersionSummary,
  type VersionView,
} from '../transcript-version.view.js';

@ApiSchema({ name: 'VersionAuthor' })
export class VersionAuthorDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'As it was then', example: 'anna' })
  name!: string;
}

@ApiSchema({ name: 'TranscriptVersionSummary' })
export class VersionSummaryDto {
  @ApiProperty({ type: 'integer', description: 'From 1, which is what the engine heard', example: 2 })
  number!: number;

  @ApiProperty({ enum: VERSION_KINDS, enumName: 'TranscriptVersionKind' })
  kind!: VersionKind;

  @ApiProperty({ type: VersionAuthorDto, nullable: true, description: 'Who made it; null: the engine' })
  author!: VersionAuthorDto | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The version that was restored' })
  restored_from!: number | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'Of the last save that is part of it' })
  saved_at!: string;

  @ApiProperty({ type: 'integer' })
  segment_count!: number;

  @ApiProperty({ type: 'integer' })
  word_count!: number;
}

@ApiSchema({ name: 'TranscriptVersion' })
export class VersionDto extends VersionSummaryDto {
  @ApiProperty()
  text!: string;

  @ApiProperty({ type: [SegmentDto], description: 'In order of time' })
  segments!: SegmentDto[];

  @ApiSpeakers()
  speakers!: Record<string, string>;
}

@ApiSchema({ name: 'TranscriptVersionList' })
export class VersionListDto {
  @ApiProperty({ type: [VersionSummaryDto], description: 'Newest first' })
  versions!: VersionSummaryDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null: this is the last one' })
  next_cursor!: string | null;
}

@ApiSchema({ name: 'CurrentTranscriptVersion' })
class CurrentVersionDto {
  @ApiProperty({ type: 'integer' })
  number!: number;

  @ApiProperty({ enum: VERSION_KINDS, enumName: 'TranscriptVersionKind' })
  kind!: VersionKind;

  @ApiProperty({ type: VersionAuthorDto, nullable: true })
  author!: VersionAuthorDto | null;

  @ApiProperty({ format: 'date-time' })
  saved_at!: string;

  @ApiProperty({ description: 'What If-Match has to be to overwrite it' })
  etag!: string;
}

@ApiSchema({ name: 'TranscriptConflict' })
export class TranscriptConflictDto extends ProblemDto {
  @ApiProperty({ type: CurrentVersionDto, description: 'What was saved meanwhile' })
  current_version!: CurrentVersionDto;
}

export function toVersionList({ versions, nextCursor }: VersionPage): VersionListDto {
  return {
    versions: versions.map(toVersionSummary),
    next_cursor: nextCursor === null ? null : String(nextCursor),
  };
}

export function toVersion(version: VersionView): VersionDto {
  const { text, segments, speakers } = version;
  return { ...toVersionSummary(version), text, segments: segments.map(toSegmentResponse), speakers };
}

function toVersionSummary(version: VersionSummary): Pick<VersionSummaryDto, keyof VersionSummaryDto> {
  return {
    number: version.number,
    kind: version.kind,
    author: version.author,
    restored_from: version.restoredFrom,
    created_at: version.beganAt.toISOString(),
    saved_at: version.savedAt.toISOString(),
    segment_count: version.segmentCount,
    word_count: version.wordCount,
  };
}

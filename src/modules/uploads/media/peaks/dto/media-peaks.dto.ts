import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { IsWholeNumber } from '../../../../../platform/http/whole-number.js';
import type { PeaksOfMedia } from '../media-peaks.service.js';

const MOST_POINTS = 20_000;

export class MediaPeaksQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_POINTS, default: 1000 })
  @MayBeAbsent()
  @IsWholeNumber({ min: 1, max: MOST_POINTS })
  points = 1000;
}

@ApiSchema({ name: 'MediaPeaks' })
export class MediaPeaksDto {
  @ApiProperty({ format: 'uuid' })
  media_id!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds, where the file tells', example: 7.1 })
  duration!: number | null;

  @ApiProperty({ type: [Number], description: 'The lowest sample of each stretch, from -1 to 0' })
  min!: number[];

  @ApiProperty({
    type: [Number],
    description:
      'The highest, from 0 to 1. As many as of `min`: what was asked for, or 20 a second where that is less',
  })
  max!: number[];
}

export function toMediaPeaks({ media, peaks }: PeaksOfMedia): MediaPeaksDto {
  return {
    media_id: media.id,
    duration: media.durationSeconds,
    min: peaks.map(({ min }) => min),
    max: peaks.map(({ max }) => max),
  };
}

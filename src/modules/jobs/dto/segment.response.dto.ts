import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { JobSegment } from '../job-text.view.js';

@ApiSchema({ name: 'Segment' })
export class SegmentDto {
  @ApiProperty({ description: 'Number of the segment, from 0' })
  id!: number;

  @ApiProperty({ description: 'Seconds from the start of the recording', example: 0.48 })
  start!: number;

  @ApiProperty({ example: 7.02 })
  end!: number;

  @ApiProperty()
  text!: string;

  @ApiProperty({
    description: 'Mean log-probability of the tokens of the window (up to 30 s) that the segment comes from',
    example: -0.21,
  })
  avg_logprob!: number;

  @ApiProperty({
    description: 'Length of the text over its compressed length; high for repetitions',
    example: 1.4,
  })
  compression_ratio!: number;

  @ApiProperty({ description: 'Probability that nobody speaks', example: 0.01 })
  no_speech_prob!: number;

  @ApiProperty({ description: 'Sampling temperature', example: 0 })
  temperature!: number;
}

export function toSegmentResponse(segment: JobSegment, id: number): SegmentDto {
  return {
    id,
    start: segment.start,
    end: segment.end,
    text: segment.text,
    avg_logprob: segment.avgLogprob,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProb,
    temperature: segment.temperature,
  };
}

import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { JobSegment, JobWord } from '../job-text.view.js';

@ApiSchema({ name: 'Word' })
export class WordDto {
  @ApiProperty({ description: 'Seconds from the start of the recording', example: 0.48 })
  start!: number;

  @ApiProperty({ example: 0.9 })
  end!: number;

  @ApiProperty({ description: 'With the punctuation that belongs to it', example: 'Dashwood,' })
  text!: string;

  @ApiProperty({ description: 'How sure the model is, 0 to 1', example: 0.97 })
  probability!: number;

  @ApiPropertyOptional({ description: 'true where somebody else speaks at the same time; otherwise absent' })
  overlap?: boolean;
}

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

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Number of the channel, from 0; absent unless several were heard each by itself',
    example: 0,
  })
  channel?: number;

  @ApiPropertyOptional({
    description:
      'Key of who speaks among the `speakers` of the transcript; absent unless speakers were told apart or somebody said who it is',
    example: 'speaker_1',
  })
  speaker?: string;

  @ApiPropertyOptional({ description: 'true where somebody else speaks at the same time; otherwise absent' })
  overlap?: boolean;

  @ApiPropertyOptional({ type: [WordDto], description: 'In order of time; absent unless asked for' })
  words?: WordDto[];
}

/** Without the tokens: they are for other doors. */
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
    ...(segment.channel === undefined ? {} : { channel: segment.channel }),
    ...(segment.speaker === undefined ? {} : { speaker: segment.speaker }),
    ...(segment.overlap === true ? { overlap: true } : {}),
    ...(segment.words === undefined ? {} : { words: segment.words.map(toWordResponse) }),
  };
}

function toWordResponse({ start, end, text, probability, overlap }: JobWord): WordDto {
  const rounded = Math.round(probability * 1000) / 1000;
  return { start, end, text, probability: rounded, ...(overlap === true && { overlap }) };
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { PartialTranscriptView, TranscriptSegment, TranscriptView } from '../transcript.view.js';

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

@ApiSchema({ name: 'Transcript' })
export class TranscriptDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ description: 'The model that wrote this', example: 'base' })
  model!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The language that is spoken; null where nobody speaks',
    example: 'en',
  })
  language!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'How sure the detection is; 1 when the request named the language',
    example: 0.98,
  })
  language_probability!: number | null;

  @ApiProperty({ description: 'Length of the recording in seconds', example: 7.1 })
  duration!: number;

  @ApiProperty({ description: 'All that was said; empty where nobody speaks' })
  text!: string;

  @ApiProperty({ type: [SegmentDto], description: 'In order of time' })
  segments!: SegmentDto[];
}

@ApiSchema({ name: 'PartialTranscript' })
export class PartialTranscriptDto {
  @ApiProperty({ format: 'uuid' })
  job_id!: string;

  @ApiProperty({ description: 'Whether the job is completed, so that nothing is missing' })
  complete!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Null until there is text', example: 'en' })
  language!: string | null;

  @ApiProperty({ description: 'Seconds of the recording that are finished', example: 120.5 })
  position!: number;

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: [SegmentDto], description: 'In order of time; they stay as they are' })
  segments!: SegmentDto[];
}

export function toPartialTranscriptResponse(transcript: PartialTranscriptView): PartialTranscriptDto {
  return {
    job_id: transcript.jobId,
    complete: transcript.complete,
    language: transcript.language,
    position: transcript.position,
    text: transcript.text,
    segments: transcript.segments.map(toSegmentResponse),
  };
}

export function toTranscriptResponse(transcript: TranscriptView): TranscriptDto {
  return {
    job_id: transcript.jobId,
    model: transcript.model,
    language: transcript.language,
    language_probability: transcript.languageProbability,
    duration: transcript.duration,
    text: transcript.text,
    segments: transcript.segments.map(toSegmentResponse),
  };
}

function toSegmentResponse(segment: TranscriptSegment, id: number): SegmentDto {
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

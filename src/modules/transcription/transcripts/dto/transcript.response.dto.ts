import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SegmentDto, toSegmentResponse } from '../../../jobs/dto/segment.response.dto.js';
import type { PartialTranscriptView, TranscriptView } from '../transcript.view.js';
import { ApiSpeakers } from './speakers.decorator.js';

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

  @ApiSpeakers()
  speakers!: Record<string, string>;

  @ApiProperty({ type: 'integer', description: 'Number of the version; 1: what the engine heard' })
  version!: number;
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
    speakers: transcript.speakers,
    version: transcript.version,
  };
}

import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SegmentDto, toSegmentResponse } from '../../../jobs/dto/segment.response.dto.js';
import {
  DIARIZATION_FAILURES,
  DIARIZATION_WARNINGS,
  type DiarizationFailure,
  type DiarizationView,
  type DiarizationWarning,
} from '../../speakers/diarization.view.js';
import type { PartialTranscriptView, TranscriptView } from '../transcript.view.js';
import { ApiSpeakers } from './speakers.decorator.js';

@ApiSchema({ name: 'DiarizationError' })
export class DiarizationErrorDto {
  @ApiProperty({ enum: DIARIZATION_FAILURES, enumName: 'DiarizationFailure' })
  code!: DiarizationFailure;

  @ApiProperty({ description: 'The reason in words' })
  detail!: string;
}

@ApiSchema({ name: 'DiarizationWarning' })
export class DiarizationWarningDto {
  @ApiProperty({ enum: DIARIZATION_WARNINGS, enumName: 'DiarizationWarningCode' })
  code!: DiarizationWarning;

  @ApiProperty({ description: 'What is not as it was asked for' })
  detail!: string;
}

@ApiSchema({ name: 'Diarization' })
export class DiarizationDto {
  @ApiProperty({
    enum: ['completed', 'failed'],
    enumName: 'DiarizationState',
    description: '`failed`: the text is here, without speakers',
  })
  state!: DiarizationView['state'];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many people were told apart; null where that failed',
    example: 2,
  })
  speakers!: number | null;

  @ApiProperty({ type: DiarizationErrorDto, nullable: true })
  error!: DiarizationErrorDto | null;

  @ApiProperty({ type: DiarizationWarningDto, nullable: true })
  warning!: DiarizationWarningDto | null;
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

  @ApiSpeakers()
  speakers!: Record<string, string>;

  @ApiProperty({
    type: DiarizationDto,
    nullable: true,
    description: 'What came of telling speakers apart; null where nobody asked for it',
  })
  diarization!: DiarizationDto | null;

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

function toDiarizationResponse(diarization: DiarizationView): DiarizationDto {
  return diarization.state === 'completed'
    ? { ...diarization, error: null, warning: diarization.warning ?? null }
    : { ...diarization, speakers: null, warning: null };
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
    diarization: transcript.diarization === null ? null : toDiarizationResponse(transcript.diarization),
    version: transcript.version,
  };
}

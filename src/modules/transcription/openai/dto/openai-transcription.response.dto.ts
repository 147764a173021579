import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { TASKS, type Task } from '../../../jobs/decoding-options.view.js';
import {
  DIARIZATION_FAILURES,
  DIARIZATION_WARNINGS,
  type DiarizationFailure,
  type DiarizationWarning,
} from '../../speakers/diarization.view.js';

@ApiSchema({ name: 'OpenAiDurationUsage' })
export class OpenAiDurationUsageDto {
  @ApiProperty({ enum: ['duration'] })
  type!: 'duration';

  @ApiProperty({ type: 'integer', description: 'Of the recording, rounded up', example: 11 })
  seconds!: number;
}

@ApiSchema({ name: 'OpenAiLogprob' })
export class OpenAiLogprobDto {
  @ApiProperty({
    description: 'Text of the token; one that is part of a character has the replacement character',
  })
  token!: string;

  @ApiProperty({ description: 'Natural logarithm of its probability', example: -0.12 })
  logprob!: number;

  @ApiProperty({ type: 'array', items: { type: 'integer' }, description: 'UTF-8' })
  bytes!: number[];
}

@ApiSchema({ name: 'OpenAiLanguage' })
export class OpenAiLanguageDto {
  @ApiProperty({ example: 'en' })
  code!: string;
}

/** Of response_format json. */
@ApiSchema({ name: 'OpenAiTranscription' })
export class OpenAiTranscriptionDto {
  @ApiProperty()
  text!: string;

  @ApiPropertyOptional({
    type: [OpenAiLanguageDto],
    description: 'Heard in the recording; none where nobody speaks. Not of translations',
  })
  languages?: OpenAiLanguageDto[];

  @ApiPropertyOptional({ type: [OpenAiLogprobDto], description: 'With include[]=logprobs' })
  logprobs?: OpenAiLogprobDto[];

  @ApiProperty({ type: OpenAiDurationUsageDto })
  usage!: OpenAiDurationUsageDto;
}

@ApiSchema({ name: 'OpenAiWord' })
export class OpenAiWordDto {
  @ApiProperty()
  word!: string;

  @ApiProperty({ description: 'Seconds' })
  start!: number;

  @ApiProperty()
  end!: number;
}

@ApiSchema({ name: 'OpenAiVerboseSegment' })
export class OpenAiVerboseSegmentDto {
  @ApiProperty({ type: 'integer' })
  id!: number;

  @ApiProperty({ type: 'integer', description: 'Where it begins, in frames of 10 ms' })
  seek!: number;

  @ApiProperty({ description: 'Seconds' })
  start!: number;

  @ApiProperty()
  end!: number;

  @ApiProperty({ description: 'With the space before it' })
  text!: string;

  @ApiProperty({ type: 'array', items: { type: 'integer' } })
  tokens!: number[];

  @ApiProperty()
  temperature!: number;

  @ApiProperty()
  avg_logprob!: number;

  @ApiProperty()
  compression_ratio!: number;

  @ApiProperty()
  no_speech_prob!: number;
}

/** Of response_format verbose_json. */
@ApiSchema({ name: 'OpenAiVerboseTranscription' })
export class OpenAiVerboseDto {
  @ApiProperty({ enum: TASKS, enumName: 'Task' })
  task!: Task;

  @ApiProperty({
    description: 'English name of the language of the text; unknown where nobody speaks',
    example: 'english',
  })
  language!: string;

  @ApiProperty({ description: 'Seconds', example: 11.02 })
  duration!: number;

  @ApiProperty()
  text!: string;

  @ApiPropertyOptional({ type: [OpenAiWordDto], description: 'With the granularity word' })
  words?: OpenAiWordDto[];

  @ApiPropertyOptional({
    type: [OpenAiVerboseSegmentDto],
    description: 'With the granularity segment, and where none is named',
  })
  segments?: OpenAiVerboseSegmentDto[];

  @ApiProperty({ type: OpenAiDurationUsageDto })
  usage!: OpenAiDurationUsageDto;
}

@ApiSchema({ name: 'OpenAiDiarizedSegment' })
export class OpenAiDiarizedSegmentDto {
  @ApiProperty({ enum: ['transcript.text.segment'] })
  type!: 'transcript.text.segment';

  @ApiProperty({ example: 'seg_001' })
  id!: string;

  @ApiProperty({ description: 'Seconds' })
  start!: number;

  @ApiProperty()
  end!: number;

  @ApiProperty()
  text!: string;

  @ApiProperty({
    description:
      'A name of known_speaker_names[], or a letter by first appearance; unknown where nobody could be told apart',
    example: 'A',
  })
  speaker!: string;
}

@ApiSchema({ name: 'OpenAiDiarizationError' })
export class OpenAiDiarizationErrorDto {
  @ApiProperty({ enum: DIARIZATION_FAILURES, enumName: 'DiarizationFailure' })
  code!: DiarizationFailure;

  @ApiProperty()
  detail!: string;
}

@ApiSchema({ name: 'OpenAiDiarizationWarning' })
export class OpenAiDiarizationWarningDto {
  @ApiProperty({ enum: DIARIZATION_WARNINGS, enumName: 'DiarizationWarningCode' })
  code!: DiarizationWarning;

  @ApiProperty()
  detail!: string;
}

/** Of response_format diarized_json. */
@ApiSchema({ name: 'OpenAiDiarizedTranscription' })
export class OpenAiDiarizedDto {
  @ApiProperty({ enum: TASKS, enumName: 'Task' })
  task!: Task;

  @ApiProperty({ description: 'Seconds' })
  duration!: number;

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: [OpenAiDiarizedSegmentDto] })
  segments!: OpenAiDiarizedSegmentDto[];

  @ApiPropertyOptional({
    type: OpenAiDiarizationErrorDto,
    description: 'Where there is the text, but speakers could not be told apart',
  })
  diarization_error?: OpenAiDiarizationErrorDto;

  @ApiPropertyOptional({
    type: OpenAiDiarizationWarningDto,
    description: 'Where speakers were told apart, but not named as it was asked for',
  })
  diarization_warning?: OpenAiDiarizationWarningDto;

  @ApiProperty({ type: OpenAiDurationUsageDto })
  usage!: OpenAiDurationUsageDto;
}

/** In the last event of a stream. */
export interface OpenAiTokenUsageDto {
  readonly type: 'tokens';
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly input_token_details: { readonly text_tokens: number; readonly audio_tokens: number };
}

import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, Length } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { JOB_PRIORITIES, type JobPriority } from '../../../jobs/job-priority.view.js';
import { MODEL_NAMES } from '../../../../platform/config/model-names.js';
import { IsWholeNumber } from '../../../../platform/http/whole-number.js';
import { IsTargetAddress, TARGET_ADDRESS } from '../../../jobs/webhooks/target-address.decorator.js';
import type { TranscriptionOrder } from '../transcription-request.service.js';
import { DecodingOptionsDto, toDecoding } from './decoding-options.dto.js';

/** The choice among the tracks of a file that is yet to come. */
export function IsTrack(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'integer',
      minimum: 0,
      description:
        'Which audio track, 0 being the first; default: the one that the file names as its default, else the first',
      example: 1,
    }),
    MayBeAbsent(),
    IsWholeNumber({ min: 0 }),
  );
}

export const PRIORITY = {
  enum: JOB_PRIORITIES,
  enumName: 'JobPriority',
  default: 'normal',
  description:
    'Jobs of a higher priority go first; among equals users take turns. `high` is for administrators.',
} as const;

export const CALLBACK_URL = {
  ...TARGET_ADDRESS,
  description:
    'Is told how the job ended, as webhooks are (docs/webhooks.md). It is kept with the job and not shown.',
} as const;

/** The option fields of an upload. */
@ApiSchema({ name: 'JobOptions' })
export class CreateTranscriptionDto extends DecodingOptionsDto {
  @ApiPropertyOptional({
    enum: MODEL_NAMES,
    description: 'Default: the one that GET /models names as `default`',
  })
  @MayBeAbsent()
  @Length(1, 100)
  model?: string;

  @ApiPropertyOptional({
    description: 'What is spoken: code or English name; `auto`, or nothing, to detect it',
    example: 'en',
  })
  @MayBeAbsent()
  @Length(1, 100)
  language?: string;

  @IsTrack()
  track?: number;

  @ApiPropertyOptional(PRIORITY)
  @MayBeAbsent()
  @IsIn(JOB_PRIORITIES)
  priority?: JobPriority;

  @ApiPropertyOptional(CALLBACK_URL)
  @MayBeAbsent()
  @IsTargetAddress()
  callback_url?: string;
}

/** In the words of the service. */
export function toOrder(dto: CreateTranscriptionDto): TranscriptionOrder {
  const { model, language, track, priority, callback_url: callbackUrl } = dto;
  return { model, language, track, priority, callbackUrl, decoding: toDecoding(dto) };
}

/** The whole form, for the documentation: the file itself is read as a stream. */
@ApiSchema({ name: 'UploadForm' })
export class UploadFormDto extends CreateTranscriptionDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description:
      'The recording: audio, or video with sound. Put it after the other fields, so that a wrong option is noticed before the file is sent.',
  })
  file!: string;
}

@ApiSchema({ name: 'MediaForm' })
export class MediaFormDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'The recording: audio, or video with sound' })
  file!: string;
}

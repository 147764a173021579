import { ApiProperty, ApiPropertyOptional, ApiSchema, OmitType } from '@nestjs/swagger';
import {
  GRANULARITIES,
  OPENAI_FORMATS,
  TRANSLATION_FORMATS,
  type Granularity,
  type OpenAiFormat,
} from '../openai-options.js';

/** The forms of the OpenAI API, for the documentation: they are read by OpenAiForm, which also takes other spellings. */
@ApiSchema({ name: 'OpenAiTranslationForm' })
export class OpenAiTranslationFormDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'The recording; its content says what it is',
  })
  file!: string;

  @ApiProperty({
    description:
      'One of GET /v1/models, or a repository of the hub that holds one of them. Names of OpenAI stand for the default model',
    example: 'whisper-1',
  })
  model!: string;

  @ApiPropertyOptional({ enum: TRANSLATION_FORMATS, default: 'json' })
  response_format?: OpenAiFormat;

  @ApiPropertyOptional({
    description: 'Text that could have been said before; its style and spelling carry over',
  })
  prompt?: string;

  @ApiPropertyOptional({ minimum: 0, maximum: 1, default: 0 })
  temperature?: number;

  @ApiPropertyOptional({ description: 'What is spoken, by code, tag or English name', example: 'en' })
  language?: string;
}

@ApiSchema({ name: 'OpenAiTranscriptionForm' })
export class OpenAiTranscriptionFormDto extends OmitType(OpenAiTranslationFormDto, ['response_format']) {
  @ApiPropertyOptional({ enum: OPENAI_FORMATS, default: 'json' })
  response_format?: OpenAiFormat;

  @ApiPropertyOptional({ type: [String], enum: GRANULARITIES, description: 'Of verbose_json' })
  'timestamp_granularities[]'?: Granularity[];

  @ApiPropertyOptional({ type: [String], enum: ['logprobs'], description: 'Of json' })
  'include[]'?: string[];

  @ApiPropertyOptional({ default: false, description: 'Send the text as events while it is made' })
  stream?: boolean;

  @ApiPropertyOptional({
    oneOf: [
      { type: 'string', enum: ['auto'] },
      {
        type: 'object',
        properties: {
          type: { type: 'string', enum: ['server_vad'] },
          threshold: { type: 'number', minimum: 0, maximum: 1 },
          silence_duration_ms: { type: 'number' },
          prefix_padding_ms: { type: 'number' },
        },
        required: ['type'],
      },
    ],
    description: 'How speech is found; an object is sent as JSON or as `chunking_strategy[type]` and so on',
    example: 'auto',
  })
  chunking_strategy?: unknown;

  @ApiPropertyOptional({ type: [String], description: 'Names and terms that are likely to be said' })
  'keywords[]'?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: 1,
    description: 'The language; of several none is chosen',
  })
  'languages[]'?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: 4,
    description: 'Of diarized_json: names of speakers whose voices known_speaker_references[] have',
  })
  'known_speaker_names[]'?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: 4,
    description: 'As many data URLs (data:audio/wav;base64,…) with 2 to 10 s of one speaker each',
  })
  'known_speaker_references[]'?: string[];
}

import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsNumber, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { validationFailed } from '../../../../platform/http/validation.pipe.js';
import { IsTrueOrFalse } from '../../../../platform/http/true-or-false.js';
import {
  CHANNEL_MODES,
  MOST_SPEAKERS,
  TASKS,
  type ChannelMode,
  type DecodingOptions,
  type SpeakerHints,
  type Task,
} from '../../../jobs/decoding-options.view.js';
import { ALL_VOICES, MAX_VOICE_NAME } from '../../voices/voice.view.js';

/** In UTF-8 no more than a form takes in one field; the model sees the last 223 tokens. */
const MAX_CHARACTERS = 2000;

/** What the database cannot store: the character 0, and halves of characters. */
const STORABLE = /^[^\0\p{Surrogate}]*$/u;

const NUMBER_OF_SPEAKERS = { message: `has to be a whole number from 1 to ${MOST_SPEAKERS}` };

const WANTED_VOICES = 'must be true, or ids or names of voices';

const FROM_0_TO_1 = { message: 'has to be a number from 0 to 1' };

function IsOwnText(description: string, example: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ maxLength: MAX_CHARACTERS, description, example }),
    MayBeAbsent(),
    IsString(),
    MaxLength(MAX_CHARACTERS),
    Matches(STORABLE, { message: 'must be text' }),
  );
}

function IsNumberOfSpeakers(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_SPEAKERS, description, example: 2 }),
    MayBeAbsent(),
    Transform(({ value }: { value: unknown }) => toDecimal(value)),
    IsInt(NUMBER_OF_SPEAKERS),
    Min(1, NUMBER_OF_SPEAKERS),
    Max(MOST_SPEAKERS, NUMBER_OF_SPEAKERS),
  );
}

/** How the recording is to be made into text: fields that all doors have in common. */
export class DecodingOptionsDto {
  @ApiPropertyOptional({
    enum: TASKS,
    enumName: 'Task',
    default: 'transcribe',
    description: '`translate` writes English, whatever is spoken; models that know English only cannot do it',
  })
  @MayBeAbsent()
  @IsIn(TASKS)
  task?: Task;

  @ApiPropertyOptional({ default: false, description: 'Give each word with its times' })
  @MayBeAbsent()
  @IsTrueOrFalse()
  words?: boolean;

  @IsOwnText(
    'Text that could have been said before, in the language of the transcript: its spelling and style carry over',
    'Mr Dashwood, Mrs Jennings and Willoughby met at Barton Park.',
  )
  prompt?: string;

  @IsOwnText('Names and terms that are likely to be said', 'Dashwood, Barton Park')
  hotwords?: string;

  @ApiPropertyOptional({
    minimum: 0,
    maximum: 1,
    default: 0,
    description:
      'Above 0: text is drawn at this temperature only. 0: the most probable text, and where that one is poor drawn ones',
  })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => toDecimal(value))
  @IsNumber({}, FROM_0_TO_1)
  @Min(0, FROM_0_TO_1)
  @Max(1, FROM_0_TO_1)
  temperature?: number;

  @ApiPropertyOptional({
    enum: CHANNEL_MODES,
    enumName: 'ChannelMode',
    default: 'mixed',
    description: '`separate` hears each channel by itself, 8 at most, for recordings with a speaker on each',
  })
  @MayBeAbsent()
  @IsIn(CHANNEL_MODES)
  channels?: ChannelMode;

  @ApiPropertyOptional({
    default: false,
    description: 'Tell speakers apart: segments get a `speaker`, and are split where another one begins',
  })
  @MayBeAbsent()
  @IsTrueOrFalse()
  diarize?: boolean;

  @IsNumberOfSpeakers('How many people speak, where that is known; needs `diarize`')
  num_speakers?: number;

  @IsNumberOfSpeakers('The fewest that can speak; needs `diarize`')
  min_speakers?: number;

  @IsNumberOfSpeakers('The most that can speak; needs `diarize`')
  max_speakers?: number;

  @ApiPropertyOptional({
    oneOf: [{ type: 'boolean' }, { type: 'string' }, { type: 'array', items: { type: 'string' } }],
    description:
      'Saved voices whose names speakers get: `true` for all of yours, or ids or names, in a form with commas between them or as JSON; needs `diarize`',
    example: true,
  })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => toWantedVoices(value))
  @IsArray({ message: WANTED_VOICES })
  @IsString({ each: true, message: WANTED_VOICES })
  @MaxLength(MAX_VOICE_NAME, { each: true, message: WANTED_VOICES })
  known_voices?: string[];
}

/** In the words of the service: what is named, undefined where nothing is. */
export function toDecoding(dto: DecodingOptionsDto): Partial<DecodingOptions> | undefined {
  const { task, words, prompt, hotwords, temperature, channels } = dto;
  const named = Object.entries({
    task,
    words,
    prompt: orNull(prompt),
    hotwords: orNull(hotwords),
    temperature,
    channels,
    diarize: toHints(dto),
    knownVoices: toKnownVoices(dto),
  }).filter(([, value]) => value !== undefined);
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/**
 * Undefined where the order says nothing of it; null where speakers are not to be told apart.
 *
 * @throws AppError validation_failed for hints that go with nothing, or not together
 */
function toHints(dto: DecodingOptionsDto): SpeakerHints | null | undefined {
  const { diarize, num_speakers: exactly, min_speakers: least, max_speakers: most } = dto;
  const named = Object.entries({ num_speakers: exactly, min_speakers: least, max_speakers: most })
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field);
  if (diarize !== true && named.length > 0)
    throw validationFailed(named.map((field) => ({ field, message: 'needs diarize' })));
  if (exactly !== undefined && named.length > 1)
    throw validationFailed([
      { field: 'num_speakers', message: 'leaves no room for min_speakers and max_speakers' },
    ]);
  if (least !== undefined && most !== undefined && least > most)
    throw validationFailed([{ field: 'min_speakers', message: 'must not be more than max_speakers' }]);
  if (diarize === undefined) return undefined;
  return diarize ? { exactly: exactly ?? null, least: least ?? null, most: most ?? null } : null;
}

/** @throws AppError validation_failed where nobody is told apart */
function toKnownVoices({ diarize, known_voices: wanted }: DecodingOptionsDto): string[] | undefined {
  if (wanted !== undefined && wanted.length > 0 && diarize !== true)
    throw validationFailed([{ field: 'known_voices', message: 'needs diarize' }]);
  return wanted ?? (diarize === false ? [] : undefined);
}

function toWantedVoices(value: unknown): unknown {
  if (value === true || value === 'true') return [ALL_VOICES];
  if (value === false || value === 'false') return [];
  if (typeof value !== 'string') return value;
  return listIn(value) ?? splitAtCommas(value);
}

/** Names may have commas, which a list in JSON leaves alone. */
function listIn(value: string): unknown {
  if (!value.trimStart().startsWith('[')) return null;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

function splitAtCommas(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Empty text is none. */
function orNull(text: string | undefined): string | null | undefined {
  return text?.trim() === '' ? null : text;
}

/** Digits only, since "1e-1", "0x1" and "" are not how people write such numbers. */
function toDecimal(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
}

import { AppError } from '../../../platform/errors/app-error.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import type { DecodingOptions, Task, VadChoice } from '../../jobs/decoding-options.view.js';
import { assertSpeakersComplete, readKnownSpeakers, type KnownSpeakers } from './known-speakers.js';
import type { OpenAiForm } from './openai-form.js';

export const OPENAI_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'] as const;
export type OpenAiFormat = (typeof OPENAI_FORMATS)[number];

/** Of translations, which OpenAI neither tells speakers apart in nor streams. */
export const TRANSLATION_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;

export const GRANULARITIES = ['word', 'segment'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** What a form of the OpenAI API asks for. */
export interface OpenAiOptions {
  /** In the words of its clients; undefined: none was named. */
  readonly model: string | undefined;
  readonly language: string | undefined;
  readonly format: OpenAiFormat;
  readonly stream: boolean;
  readonly granularities: readonly Granularity[];
  readonly logprobs: boolean;
  readonly knownSpeakers: KnownSpeakers;
  /** But for how speakers are told apart, which depends on the recording. */
  readonly decoding: DecodingOptions;
}

/** The end of a longer prompt still holds more tokens than the model sees, which are the last ones. */
const MAX_PROMPT_CHARACTERS = 2000;
const MAX_HOTWORDS_CHARACTERS = 2000;
const SEPARATOR = ', ';
/** What the voice activity object stands for where it names nothing else. */
const SERVER_VAD: VadChoice = { threshold: 0.5, minSilenceMs: 200, padMs: 300 };
const VAD_PROPERTIES = ['type', 'threshold', 'silence_duration_ms', 'prefix_padding_ms'];
const MAX_SILENCE_MS = 10_000;
const MAX_PAD_MS = 2000;

/** @throws AppError validation_failed, parameter_unsupported: always with the name of the field */
export function readOptions(form: OpenAiForm, task: Task): OpenAiOptions {
  const knownSpeakers = readKnownSpeakers(form);
  const formats = task === 'translate' ? TRANSLATION_FORMATS : OPENAI_FORMATS;
  const format = oneOf<OpenAiFormat>(form, 'response_format', formats) ?? 'json';
  const stream = readFlag(form, 'stream');
  if (stream && task === 'translate') throw unsupported('stream', 'is not supported in translations');
  const granularities = severalOf(form, 'timestamp_granularities', GRANULARITIES);
  const logprobs = severalOf(form, 'include', ['logprobs']).length > 0;
  return {
    model: form.text('model'),
    language: readLanguage(form),
    format,
    stream,
    granularities,
    logprobs,
    knownSpeakers,
    decoding: {
      task,
      words: granularities.includes('word'),
      tokens: logprobs || stream || format === 'verbose_json',
      prompt: readPrompt(form),
      hotwords: readHotwords(form),
      temperature: readNumber('temperature', form.text('temperature'), 0, 1) ?? null,
      channels: 'mixed',
      vad: readVad(form),
      diarize: null,
      knownVoices: [],
    },
  };
}

/**
 * What only the whole form tells.
 *
 * @throws AppError field_missing, validation_failed
 */
export function assertComplete(options: OpenAiOptions): void {
  const { model, format, stream, granularities, logprobs, knownSpeakers } = options;
  if (model === undefined)
    throw new AppError('field_missing', 'Please name the model.', {
      errors: [{ field: 'model', message: 'is required' }],
    });
  if (granularities.length > 0 && format !== 'verbose_json')
    throw invalid('timestamp_granularities', 'needs the response_format verbose_json');
  if (granularities.length > 0 && stream)
    throw invalid('timestamp_granularities', 'has no place in the events of a stream');
  if (logprobs && format !== 'json') throw invalid('include', 'of logprobs needs the response_format json');
  assertSpeakersComplete(knownSpeakers, format === 'diarized_json');
}

function readLanguage(form: OpenAiForm): string | undefined {
  const [first, ...more] = form.list('languages');
  if (more.length > 0)
    throw unsupported('languages', 'with several languages is not supported: name one, or none to detect it');
  const language = form.text('language') ?? first;
  if (first !== undefined && first !== language) throw invalid('languages', 'must be what language says');
  return language;
}

function readPrompt(form: OpenAiForm): string | null {
  const end = form.text('prompt')?.slice(-MAX_PROMPT_CHARACTERS);
  // Half a character cannot be stored.
  return end?.replace(/^[\uDC00-\uDFFF]/, '') ?? null;
}

function readHotwords(form: OpenAiForm): string | null {
  const words = [...form.list('keywords'), ...form.list('hotwords')];
  const text = words.join(SEPARATOR);
  if (text.length > MAX_HOTWORDS_CHARACTERS)
    throw invalid('keywords', `may have ${MAX_HOTWORDS_CHARACTERS} characters together`);
  return text === '' ? null : text;
}

function readVad(form: OpenAiForm): VadChoice | null {
  const name = 'chunking_strategy';
  const strategy = form.object(name);
  if (strategy === undefined || strategy === 'auto') return null;
  if (typeof strategy === 'string' || strategy['type'] !== 'server_vad')
    throw invalid(name, 'must be auto or an object of the type server_vad');
  const unknown = Object.keys(strategy).find((key) => !VAD_PROPERTIES.includes(key));
  if (unknown !== undefined) throw invalid(name, `has no property ${JSON.stringify(unknown.slice(0, 40))}`);
  const read = (key: string, most: number): number | undefined =>
    readNumber(name, strategy[key], 0, most, key);
  const threshold = read('threshold', 1) ?? SERVER_VAD.threshold;
  return {
    // The engine takes neither end for an answer: there all would be speech, or nothing.
    threshold: Math.min(0.99, Math.max(0.01, threshold)),
    minSilenceMs: read('silence_duration_ms', MAX_SILENCE_MS) ?? SERVER_VAD.minSilenceMs,
    padMs: read('prefix_padding_ms', MAX_PAD_MS) ?? SERVER_VAD.padMs,
  };
}

function readFlag(form: OpenAiForm, name: string): boolean {
  const value = form.text(name)?.toLowerCase() ?? 'false';
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw invalid(name, 'must be true or false');
}

function readNumber(
  field: string,
  value: unknown,
  least: number,
  most: number,
  part = 'it',
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= least && number <= most))
    throw invalid(field, `is wrong: ${part} must be a number from ${least} to ${most}`);
  return number;
}

function oneOf<T extends string>(form: OpenAiForm, name: string, choices: readonly T[]): T | undefined {
  const value = form.text(name);
  return value === undefined ? undefined : choose(name, value, choices);
}

function severalOf<T extends string>(form: OpenAiForm, name: string, choices: readonly T[]): T[] {
  return form.list(name).map((value) => choose(name, value, choices));
}

function choose<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw invalid(name, `must be one of ${choices.join(SEPARATOR)}`);
  return choice;
}

function invalid(field: string, message: string): AppError {
  return validationFailed([{ field, message }]);
}

function unsupported(field: string, message: string): AppError {
  return new AppError('parameter_unsupported', 'An option is not supported.', {
    errors: [{ field, message }],
  });
}

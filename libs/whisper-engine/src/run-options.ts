import { EngineError } from './errors.js';
import type { DecodeOptions } from './decode/decode-options.js';
import { DEFAULT_THRESHOLDS } from './decode/fallback.js';
import { readCheckpoint, type Checkpoint } from './checkpoint.js';
import { isObject } from './model/json-file.js';
import type { GenerationConfig } from './model/generation-config.js';
import type { TranscribeOptions, VadOptions } from './options.js';
import { StageClock } from './stage-clock.js';
import { DEFAULT_VAD } from './vad/speech-spans.js';

/** Those of openai/whisper. */
const TEMPERATURES = [0, 0.2, 0.4, 0.6, 0.8, 1];
const MOST_ROWS = 20;

/** The options of a run, checked, with nothing left open. */
export interface RunOptions {
  /** Null: to be detected, or of no account. */
  language: string | null;
  /** The language is to be found. */
  detect: boolean;
  multilingual: boolean;
  /** Null hears everything as speech. */
  vad: VadOptions | null;
  sequential: boolean;
  conditionOnPreviousText: boolean;
  /** Windows whose greedy text is unsure are searched again. */
  searchesAgain: boolean;
  /** Tokens of the text so far that a window can see, at most. */
  contextLength: number;
  decode: DecodeOptions;
  /** Null at the start of the audio. */
  resume: Checkpoint | null;
  /** Null where nobody wants to know what the run takes. */
  clock: StageClock | null;
  signal: AbortSignal | undefined;
}

/** What options depend on. */
export interface ModelFacts {
  config: GenerationConfig;
  /** Whether times of words can be had. */
  wordTimes: boolean;
  /** Whether there is room and time to search again, with a beam, where greedy texts are unsure. */
  searchesAgain: boolean;
}

/** @throws EngineError `language_unsupported`, `task_unsupported`, `option_invalid`, `checkpoint_invalid` */
export function readRunOptions(options: TranscribeOptions, facts: ModelFacts): RunOptions {
  const { config, wordTimes } = facts;
  const { multilingual = false, signal } = options;
  // Without times of words the timestamps of the model are all that can part a window into segments.
  const mode: string = options.mode ?? (wordTimes ? 'batched' : 'sequential');
  const task: string = options.task ?? 'transcribe';
  const language = knownLanguage(options.language, config);
  const sequential = mode === 'sequential';
  check(sequential || mode === 'batched', 'mode is batched or sequential');
  check(task === 'transcribe' || task === 'translate', 'task is transcribe or translate');
  if (task === 'translate' && config.translate === null) {
    throw new EngineError('task_unsupported', 'the model cannot translate');
  }
  check(!(multilingual && options.language !== undefined), 'multilingual goes without a language');
  check(!(multilingual && config.languages.size === 0), 'the model knows English only');
  check(wordTimes || options.words !== true, 'the model gives no times of words');
  const { conditionOnPreviousText = false } = options;
  const resume =
    options.resume === undefined
      ? null
      : readCheckpoint(options.resume, sequential ? 'sequential' : 'batched');
  check(sequential || !conditionOnPreviousText, 'conditionOnPreviousText goes with mode sequential');
  return {
    language,
    detect: language === null,
    multilingual,
    vad: vadOptions(options.vad),
    sequential,
    conditionOnPreviousText,
    searchesAgain: resume?.searchesAgain ?? (facts.searchesAgain && !sequential && isPlain(options)),
    contextLength: config.maxLength / 2 - 1,
    decode: decodeOptions(options, sequential),
    resume,
    clock: options.stages === true ? new StageClock() : null,
    signal,
  };
}

function knownLanguage(asked: string | undefined, { languages }: GenerationConfig): string | null {
  if (languages.size === 0) {
    if (asked === undefined || asked === 'en') return 'en';
    throw new EngineError('language_unsupported', 'the model knows English only');
  }
  if (asked === undefined || languages.has(asked)) return asked ?? null;
  throw new EngineError('language_unsupported', `the model does not know the language "${asked}"`);
}

function vadOptions(asked: boolean | Partial<VadOptions> = true): VadOptions | null {
  check(typeof asked === 'boolean' || isObject(asked), 'vad is true, false or an object');
  if (asked === false) return null;
  const vad = { ...DEFAULT_VAD, ...(asked === true ? {} : asked) };
  const { onset, offset, minSilenceMs, minSpeechMs, padMs } = vad;
  check(
    onset > 0 && onset < 1 && offset > 0 && offset <= onset,
    'vad.onset and vad.offset lie between 0 and 1, the offset not above the onset',
  );
  check(isWithin(minSilenceMs, 0, 10_000), 'vad.minSilenceMs lies between 0 and 10000');
  check(isWithin(minSpeechMs, 0, 10_000), 'vad.minSpeechMs lies between 0 and 10000');
  check(isWithin(padMs, 0, 2000), 'vad.padMs lies between 0 and 2000');
  return vad;
}

function decodeOptions(options: TranscribeOptions, timestamps: boolean): DecodeOptions {
  const { beamSize = 1, bestOf = 1, temperatures = TEMPERATURES } = options;
  check(
    Number.isInteger(beamSize) && isWithin(beamSize, 1, MOST_ROWS),
    `beamSize lies between 1 and ${MOST_ROWS}`,
  );
  check(Number.isInteger(bestOf) && isWithin(bestOf, 1, MOST_ROWS), `bestOf lies between 1 and ${MOST_ROWS}`);
  check(Array.isArray(temperatures), 'temperatures are a list');
  check(
    temperatures.length > 0 && temperatures.every((value) => isWithin(value, 0, 2)),
    'temperatures lie between 0 and 2',
  );
  for (const [name, words] of Object.entries({ prompt: options.prompt, hotwords: options.hotwords })) {
    check(words === undefined || typeof words === 'string', `${name} is text`);
  }
  const thresholds = {
    compressionRatioThreshold:
      options.compressionRatioThreshold ?? DEFAULT_THRESHOLDS.compressionRatioThreshold,
    logprobThreshold: options.logprobThreshold ?? DEFAULT_THRESHOLDS.logprobThreshold,
    noSpeechThreshold: options.noSpeechThreshold ?? DEFAULT_THRESHOLDS.noSpeechThreshold,
  };
  check(Object.values(thresholds).every(Number.isFinite), 'thresholds are numbers');
  return {
    task: options.task ?? 'transcribe',
    timestamps,
    words: options.words ?? false,
    tokens: options.tokens ?? false,
    prompt: options.prompt,
    hotwords: options.hotwords,
    context: [],
    beamSize,
    searchedAgain: 0,
    bestOf,
    temperatures,
    ...thresholds,
  };
}

/** Greedy, in its own language: a likelier translation is often none. */
const isPlain = ({ beamSize, temperatures, task }: TranscribeOptions): boolean =>
  beamSize === undefined && (temperatures?.[0] ?? 0) === 0 && task !== 'translate';

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;

function check(holds: boolean, rule: string): void {
  if (!holds) throw new EngineError('option_invalid', rule);
}

import { EngineError } from '../errors.js';
import type { GenerationConfig } from '../model/generation-config.js';
import type { WhisperText } from '../model/whisper-tokenizer.js';
import type { Task } from '../options.js';

/** More than fit into the tokens that a prompt may have. */
const MOST_CHARACTERS = 4000;

/** What the decoder is given in front of a text. */
export interface Prompt {
  /** Text that could have been said before, behind its own start token; or empty. */
  readonly previous: readonly number[];
  /** Start of transcript, and the language, task and form of the text. */
  readonly start: readonly number[];
}

export interface PromptOptions {
  task: Task;
  timestamps: boolean;
  prompt?: string | undefined;
  hotwords?: string | undefined;
  /** Tokens of the text so far. */
  context?: readonly number[] | undefined;
}

/**
 * @param language of no account for English-only models
 * @throws EngineError `task_unsupported`
 */
export function buildPrompt(
  config: GenerationConfig,
  text: WhisperText,
  language: string | null,
  options: PromptOptions,
): Prompt {
  const start = [config.startOfTranscript];
  const tag = language === null ? undefined : config.languages.get(language);
  if (tag !== undefined) start.push(tag, taskToken(config, options.task));
  if (!options.timestamps) start.push(config.noTimestamps);
  return { previous: previousText(config, text, options), start };
}

function taskToken({ transcribe, translate }: GenerationConfig, task: Task): number {
  const token = task === 'translate' ? translate : transcribe;
  if (token === null) throw new EngineError('task_unsupported', 'the model cannot translate');
  return token;
}

/** Hotwords, then the end of what was said: half of the decoder's positions, less the start token, are all that Whisper allows. */
function previousText(
  { startOfPrevious, endOfText, maxLength }: GenerationConfig,
  text: WhisperText,
  { prompt = '', hotwords = '', context = [] }: PromptOptions,
): number[] {
  const room = maxLength / 2 - 1;
  // What looks like a special token in the words of a user is none.
  const plain = (token: number): boolean => token < endOfText;
  const terms = tokensOf(text, hotwords.slice(0, MOST_CHARACTERS)).filter(plain).slice(0, room);
  const said = [...tokensOf(text, prompt.slice(-MOST_CHARACTERS)), ...context].filter(plain);
  const left = room - terms.length;
  const tokens = [...terms, ...(left === 0 ? [] : said.slice(-left))];
  return tokens.length === 0 ? [] : [startOfPrevious, ...tokens];
}

/** Whisper's tokens of words begin with a space. */
const tokensOf = (text: WhisperText, words: string): number[] =>
  words.trim() === '' ? [] : text.encode(` ${words.trim()}`);

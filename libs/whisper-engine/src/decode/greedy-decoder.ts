import { throwIfAborted } from '../errors.js';
import type { GenerationConfig } from '../model/generation-config.js';
import { TensorMemory, type Tensors } from '../model/tensor-memory.js';
import type { Choice, StepInput, WhisperGraphs } from '../model/whisper-graphs.js';
import { languageProbabilities, probabilityOf } from './language-detection.js';
import { findLoop } from './repetition-guard.js';
import { removeRow, viewRow } from './row-tensors.js';
import { tokenBias, type TokenBias } from './token-bias.js';

/**
 * People do say a thing three times. Repetition only counts as a loop of the decoder once the text has more tokens for each
 * second of speech than speech has.
 */
const FASTEST_SPEECH = 5;

/** Rows of a batch behind their start token. */
export interface StartedRows {
  cross: Tensors;
  past: Tensors;
  /** Speech in each row. */
  seconds: readonly number[];
  /** By row. */
  noSpeechProbs: number[];
  /** By row; empty maps for English-only models. */
  languages: Map<string, number>[];
}

/** Text of one row of a batch. */
export interface DecodedRow {
  row: number;
  /** Start of transcript, language, task and the like. */
  prompt: readonly number[];
  /** Text tokens without the end of text. */
  tokens: number[];
  /** Natural log-probability of each token. */
  logprobs: number[];
  /** Mean log-probability of the tokens and the end of text. */
  avgLogprob: number;
  /** The text was cut: it began to repeat itself, or was longer than it can be. */
  cut: boolean;
  /** Cross keys and values of the row: a view that is good until the next row is asked for. */
  cross: Tensors;
}

interface LiveRow {
  row: number;
  seconds: number;
  tokens: number[];
  logprobs: number[];
}

/**
 * Greedy decoding of windows side by side, without timestamp tokens: with them the tail of a packed window is lost. One batch at
 * a time: its memory serves the next.
 */
export class GreedyDecoder {
  private readonly bias: TokenBias;
  /** A step reads the caches in one and writes them into the other. */
  private caches: [TensorMemory, TensorMemory] = [new TensorMemory(), new TensorMemory()];

  constructor(
    private readonly graphs: WhisperGraphs,
    private readonly config: GenerationConfig,
  ) {
    this.bias = tokenBias(config);
  }

  /** Feeds the start token: what follows it tells speech from noise and the language. */
  async start(cross: Tensors, seconds: readonly number[]): Promise<StartedRows> {
    const ids = seconds.map(() => [this.config.startOfTranscript]);
    const input = { ids, cross, past: null, bias: this.bias.none };
    const { logits, past } = await this.graphs.logits(input, this.nextMemory());
    const width = this.config.vocabulary;
    const rows = ids.map((_, row) => logits.subarray(row * width, (row + 1) * width));
    return {
      cross,
      past,
      seconds,
      noSpeechProbs: rows.map((row) => probabilityOf(row, this.config.noSpeech)),
      languages: rows.map((row) => languageProbabilities(row, this.config.languages)),
    };
  }

  /**
   * Decodes all rows and hands each out as soon as it ends, in any order.
   * @param language null for English-only models
   * @throws EngineError `aborted` between two steps
   */
  async *decode(
    started: StartedRows,
    language: string | null,
    signal?: AbortSignal,
  ): AsyncGenerator<DecodedRow, void, undefined> {
    const prompt = this.prompt(language);
    let { cross, past } = started;
    let live: LiveRow[] = started.seconds.map((seconds, row) => ({ row, seconds, tokens: [], logprobs: [] }));
    let ids = live.map(() => prompt.slice(1));
    let bias = this.bias.firstText;
    while (live.length > 0) {
      throwIfAborted(signal);
      const step: StepInput = { ids, cross, past, bias };
      const out = await this.graphs.choose(step, this.nextMemory());
      past = out.past;
      bias = this.bias.text;
      // From the last row up: a row that is removed is replaced by one that has been looked at.
      for (let at = live.length - 1; at >= 0; at--) {
        const finished = this.extend(live[at], out.choices[at], prompt.length);
        if (finished === null) continue;
        yield { ...finished, prompt, cross: viewRow(cross, at) };
        [cross, past] = [removeRow(cross, at), removeRow(past, at)];
        live = swapRemove(live, at);
      }
      ids = live.map(({ tokens }) => tokens.slice(-1));
    }
  }

  private nextMemory(): TensorMemory {
    const [reading, writing] = this.caches;
    this.caches = [writing, reading];
    return writing;
  }

  private prompt(language: string | null): number[] {
    const { startOfTranscript, transcribe, noTimestamps, languages } = this.config;
    const tag = language === null ? undefined : languages.get(language);
    const middle = tag === undefined || transcribe === null ? [] : [tag, transcribe];
    return [startOfTranscript, ...middle, noTimestamps];
  }

  /** Adds a token to a row; returns the row once it has ended. */
  private extend(
    live: LiveRow | undefined,
    choice: Choice | undefined,
    promptLength: number,
  ): Omit<DecodedRow, 'prompt' | 'cross'> | null {
    if (live === undefined || choice === undefined) return null;
    const { row, seconds, tokens, logprobs } = live;
    const total = logprobs.reduce((sum, value) => sum + value, choice.logprob);
    const avgLogprob = total / (tokens.length + 1);
    if (choice.token === this.config.endOfText) return { row, tokens, logprobs, avgLogprob, cut: false };
    tokens.push(choice.token);
    logprobs.push(choice.logprob);
    const kept = tokens.length > FASTEST_SPEECH * seconds ? findLoop(tokens) : null;
    if (kept !== null) {
      return { row, tokens: tokens.slice(0, kept), logprobs: logprobs.slice(0, kept), avgLogprob, cut: true };
    }
    // Half of the decoder's positions belong to the text of a window, the other half to what was said before it.
    const limit = Math.min(this.config.maxLength / 2, this.config.maxLength - promptLength);
    return tokens.length < limit ? null : { row, tokens, logprobs, avgLogprob, cut: true };
  }
}

function swapRemove(rows: LiveRow[], at: number): LiveRow[] {
  const last = rows.at(-1);
  const rest = rows.slice(0, -1);
  if (last !== undefined && at < rest.length) rest[at] = last;
  return rest;
}

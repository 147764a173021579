import { segmentsOf, wholeSegment, type WindowFigures } from './align/segments.js';
import { timedWords } from './align/timed-words.js';
import { FRAME_SECONDS, tokenFrames } from './align/token-times.js';
import { tokenWords } from './align/token-words.js';
import { SAMPLE_RATE } from './audio/sample-rate.js';
import { compressionRatio } from './decode/compression-ratio.js';
import { GreedyDecoder, type DecodedRow, type StartedRows } from './decode/greedy-decoder.js';
import type { LanguageVote } from './decode/language-detection.js';
import { viewRow } from './decode/row-tensors.js';
import { throwIfAborted } from './errors.js';
import type { GenerationConfig } from './model/generation-config.js';
import { TensorMemory } from './model/tensor-memory.js';
import type { WhisperGraphs } from './model/whisper-graphs.js';
import type { TokenDecoder } from './model/whisper-tokenizer.js';
import type { Segment } from './options.js';
import type { SpeechWindow } from './vad/window-packer.js';
import { splitWindow } from './vad/window-split.js';

/** Whisper's own thresholds: nothing to hear, no confidence. */
const NO_SPEECH_PROB = 0.6;
const LOW_LOGPROB = -1;
/** A window is halved, and a half once more. */
const RETRIES = 2;

/** Encoded windows that wait for their text. */
export interface StartedWindows {
  windows: readonly SpeechWindow[];
  started: StartedRows;
}

export interface FinishOptions {
  words: boolean;
  signal?: AbortSignal | undefined;
}

interface WindowText {
  segments: Segment[];
  /** Length of the text that the mean log-probability stands for. */
  tokens: number;
  avgLogprob: number;
  /** The text loops or the model did not trust it. */
  doubtful: boolean;
}

const NO_TEXT: WindowText = { segments: [], tokens: 0, avgLogprob: 0, doubtful: false };

/** Windows of speech to segments of text, for one run: batch follows batch in the same memory. */
export class WindowTranscriber {
  private readonly decoder: GreedyDecoder;
  private readonly silent: Float32Array;
  private readonly memory = new TensorMemory();

  constructor(
    private readonly graphs: WhisperGraphs,
    private readonly tokens: TokenDecoder,
    config: GenerationConfig,
  ) {
    this.decoder = new GreedyDecoder(graphs, config);
    this.silent = new Float32Array(config.vocabulary);
  }

  /** @throws EngineError `aborted` between two windows */
  async start(windows: readonly SpeechWindow[], signal?: AbortSignal): Promise<StartedWindows> {
    const cross = this.graphs.crossRows(this.memory, windows.length);
    // One by one: more rows in one call of the encoder cost memory and save no time.
    for (const [row, { samples }] of windows.entries()) {
      throwIfAborted(signal);
      await this.graphs.encode(samples, viewRow(cross, row));
    }
    const seconds = windows.map(({ samples }) => samples.length / SAMPLE_RATE);
    return { windows, started: await this.decoder.start(cross, seconds) };
  }

  languageVotes({ windows, started }: StartedWindows): LanguageVote[] {
    return windows.map(({ samples }, row) => ({
      probabilities: started.languages[row] ?? new Map<string, number>(),
      weight: samples.length,
    }));
  }

  /**
   * Segments of all windows, in the order of the windows.
   * @throws EngineError `aborted` between two steps
   */
  async finish(started: StartedWindows, language: string | null, options: FinishOptions): Promise<Segment[]> {
    const texts = await this.decode(started, language, options, RETRIES);
    return texts.flatMap(({ segments }) => segments);
  }

  private async decode(
    { windows, started }: StartedWindows,
    language: string | null,
    options: FinishOptions,
    retries: number,
  ): Promise<WindowText[]> {
    const texts: WindowText[] = windows.map(() => NO_TEXT);
    for await (const decoded of this.decoder.decode(started, language, options.signal)) {
      const window = windows[decoded.row];
      if (window === undefined) continue;
      const noSpeechProb = started.noSpeechProbs[decoded.row] ?? 0;
      texts[decoded.row] = await this.toText(window, decoded, noSpeechProb, language, options.words);
    }
    // Only now: the memory of the batch is needed again.
    for (const [row, window] of windows.entries()) {
      const text = texts[row];
      if (text?.doubtful !== true || retries === 0) continue;
      texts[row] = await this.retry(window, text, async (halves) =>
        this.decode(await this.start(halves, options.signal), language, options, retries - 1),
      );
    }
    return texts;
  }

  /** Greedy decoding that went wrong on a window mostly goes right on its halves. */
  private async retry(
    window: SpeechWindow,
    text: WindowText,
    decode: (halves: readonly SpeechWindow[]) => Promise<WindowText[]>,
  ): Promise<WindowText> {
    const halves = splitWindow(window);
    if (halves === null) return text;
    const parts = await decode(halves);
    const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
    const logprob = parts.reduce((sum, part) => sum + part.avgLogprob * part.tokens, 0);
    const avgLogprob = logprob / Math.max(1, tokens);
    const doubtful = parts.every((part) => part.doubtful);
    if (doubtful && avgLogprob <= text.avgLogprob) return text;
    return { segments: parts.flatMap(({ segments }) => segments), tokens, avgLogprob, doubtful };
  }

  private async toText(
    window: SpeechWindow,
    decoded: DecodedRow,
    noSpeechProb: number,
    language: string | null,
    words: boolean,
  ): Promise<WindowText> {
    const { avgLogprob, tokens } = decoded;
    if (tokens.length === 0) return NO_TEXT;
    if (noSpeechProb > NO_SPEECH_PROB && avgLogprob < LOW_LOGPROB) return NO_TEXT;
    const text = this.tokens.decode(tokens);
    const figures: WindowFigures = {
      avgLogprob,
      compressionRatio: compressionRatio(text.trim()),
      noSpeechProb,
      temperature: 0,
    };
    // A high compression ratio alone is no fault: some speech repeats itself, and the halves of it come out shortened.
    const doubtful = decoded.cut || avgLogprob < LOW_LOGPROB;
    const segments = await this.toSegments(window, decoded, figures, language, words);
    return { segments, tokens: tokens.length, avgLogprob, doubtful };
  }

  private async toSegments(
    window: SpeechWindow,
    decoded: DecodedRow,
    figures: WindowFigures,
    language: string | null,
    words: boolean,
  ): Promise<Segment[]> {
    if (!this.graphs.aligns) {
      return wholeSegment(this.tokens.decode(decoded.tokens), window.pieces, figures);
    }
    const frames = await this.align(window, decoded);
    const parts = tokenWords(decoded.tokens, this.tokens, language);
    return segmentsOf(timedWords(parts, frames, decoded.logprobs, window.pieces), figures, words);
  }

  /** One more call with all tokens at once: cheaper than fetching attention in every step. */
  private async align(window: SpeechWindow, { prompt, tokens, cross }: DecodedRow): Promise<Int32Array> {
    const ids = [[...prompt, ...tokens]];
    const attention = await this.graphs.attention({ ids, cross, past: null, bias: this.silent });
    const frames = Math.ceil(window.samples.length / (FRAME_SECONDS * SAMPLE_RATE));
    return tokenFrames(attention, prompt.length, frames);
  }
}

import { segmentsOf, timestampedSegments, wholeSegment, type WindowFigures } from './align/segments.js';
import { tidyWords } from './align/tidy-words.js';
import { timedWords, type TimedWord } from './align/timed-words.js';
import { readTimestamps } from './align/timestamped-text.js';
import { framesOf, tokenFrames } from './align/token-times.js';
import { tokenWords } from './align/token-words.js';
import { WindowTokens } from './align/window-tokens.js';
import { SAMPLE_RATE } from './audio/sample-rate.js';
import { AttentionLog } from './decode/attention-log.js';
import { BeamSearch } from './decode/beam-search.js';
import { compressionRatio } from './decode/compression-ratio.js';
import { DecodingLoop, type DecodedRow, type RowsToDecode, type StartedRow } from './decode/decoding-loop.js';
import type { DecodeOptions } from './decode/decode-options.js';
import { isLikelier, isSilence, isUnsure, needsFallback, UNSURE_BEAM } from './decode/fallback.js';
import { GreedySearch } from './decode/greedy-search.js';
import type { LanguageVote } from './decode/language-detection.js';
import type { LogitsSearchOptions } from './decode/logits-search.js';
import { buildPrompt, type Prompt } from './decode/prompt.js';
import { SamplingSearch } from './decode/sampling-search.js';
import type { Search } from './decode/search.js';
import { isTooFast } from './decode/text-limits.js';
import { throwIfAborted, type StopFlag } from './errors.js';
import type { Model } from './model/open-model.js';
import { copyRows, viewRows } from './model/row-tensors.js';
import { TensorMemory, type Tensors } from './model/tensor-memory.js';
import { StageClock } from './stage-clock.js';
import type { Segment } from './transcript.js';
import type { SpeechWindow } from './vad/window-packer.js';
import { splitWindow } from './vad/window-split.js';

/** A window is halved, and a half once more. */
const RETRIES = 2;

/** Encoded windows that wait for their text. */
export interface StartedWindows {
  windows: readonly SpeechWindow[];
  rows: readonly StartedRow[];
  cross: Tensors;
  past: Tensors;
}

export interface WindowText {
  segments: Segment[];
  /** Text tokens without timestamps. */
  tokens: number[];
  avgLogprob: number;
  /** The text failed a threshold, or was cut. */
  doubtful: boolean;
  /** Samples of the window after which the next one begins, where there are timestamps to tell. */
  advance: number;
}

/** A text that is not trusted or unsure, and what is needed to decode its window again. */
interface Doubt {
  at: number;
  cross: Tensors;
}

interface WindowContext {
  window: SpeechWindow;
  language: string | null;
  prompt: Prompt;
  noSpeechProb: number;
}

/** Windows of speech to segments of text: batch follows batch in the same memory. */
export class WindowTranscriber {
  /** Of encoding, detecting and aligning. */
  readonly clock = new StageClock();
  private readonly loop: DecodingLoop;
  private readonly silent: Float32Array;
  private readonly memory = new TensorMemory();

  constructor(private readonly model: Model) {
    this.loop = new DecodingLoop(model.graphs, model.config);
    this.silent = new Float32Array(model.config.vocabulary);
  }

  /** @throws EngineError `aborted` between two windows */
  async start(windows: readonly SpeechWindow[], stop?: StopFlag): Promise<StartedWindows> {
    const { graphs } = this.model;
    const cross = graphs.crossRows(this.memory, windows.length);
    // One by one: more rows in one call of the encoder cost memory and save no time.
    for (const [row, { samples }] of windows.entries()) {
      throwIfAborted(stop);
      await this.clock.measure('encode', () => graphs.encode(samples, viewRows(cross, row)));
    }
    const lengths = windows.map(({ samples }) => samples.length);
    return { windows, cross, ...(await this.clock.measure('detect', () => this.loop.start(cross, lengths))) };
  }

  languageVotes({ windows, rows }: StartedWindows): LanguageVote[] {
    return windows.map(({ samples }, row) => ({
      probabilities: rows[row]?.languages ?? new Map<string, number>(),
      weight: samples.length,
    }));
  }

  /**
   * Text of all windows, in their order.
   * @param languages by window; of no account for English-only models
   * @throws EngineError `aborted` between two steps, `task_unsupported`
   */
  async finish(
    started: StartedWindows,
    languages: readonly (string | null)[],
    options: DecodeOptions,
    stop?: StopFlag,
  ): Promise<WindowText[]> {
    return this.decode(started, languages, options, RETRIES, stop);
  }

  private async decode(
    { windows, rows, cross, past }: StartedWindows,
    languages: readonly (string | null)[],
    options: DecodeOptions,
    retries: number,
    stop: StopFlag | undefined,
  ): Promise<WindowText[]> {
    const contexts = windows.map((window, row): WindowContext => {
      const language = languages[row] ?? null;
      const prompt = buildPrompt(this.model.config, this.model.text, language, options);
      return { window, language, prompt, noSpeechProb: rows[row]?.noSpeechProb ?? 0 };
    });
    const texts: WindowText[] = [];
    const doubts: Doubt[] = [];
    const batch = { cross, past, rows: contexts.map(toRow) };
    for await (const decoded of this.loop.decode(batch, this.firstSearch(options), stop)) {
      const context = contexts[decoded.row];
      if (context === undefined) continue;
      const text = await this.toText(context, decoded, options, options.temperatures[0] ?? 0);
      texts[decoded.row] = text;
      if (text.doubtful || mayBeWrong(text, decoded.row, options)) {
        doubts.push({ at: decoded.row, cross: copyRows(decoded.cross) });
      }
    }
    // Only now: the memory of the batch is needed again. In their own order, whichever ended first.
    for (const doubt of doubts.sort((a, b) => a.at - b.at)) {
      const context = contexts[doubt.at];
      const text = texts[doubt.at];
      if (context === undefined || text === undefined) continue;
      const likelier = mayBeWrong(text, doubt.at, options)
        ? await this.searchWider(context, text, doubt.cross, options, stop)
        : text;
      texts[doubt.at] = likelier.doubtful
        ? await this.mend(context, likelier, doubt, options, retries, stop)
        : likelier;
    }
    return texts;
  }

  /** The text of a beam where that is likelier, and trusted if the other is. */
  private async searchWider(
    context: WindowContext,
    text: WindowText,
    cross: Tensors,
    options: DecodeOptions,
    stop: StopFlag | undefined,
  ): Promise<WindowText> {
    const search = new BeamSearch({ ...this.searchOptions(options), beamSize: UNSURE_BEAM });
    const found = await this.search(context, cross, search, 0, options, stop);
    if (found === undefined || (found.doubtful && !text.doubtful)) return text;
    return isLikelier(found.avgLogprob, text.avgLogprob) ? found : text;
  }

  /** What goes wrong on a packed window mostly goes right on its halves; what does not is drawn at rising temperatures. */
  private async mend(
    context: WindowContext,
    text: WindowText,
    doubt: Doubt,
    options: DecodeOptions,
    retries: number,
    stop: StopFlag | undefined,
  ): Promise<WindowText> {
    const halved =
      !options.timestamps && retries > 0 ? await this.halve(context, text, options, retries - 1, stop) : text;
    // Halves are not drawn again by themselves: it would be done for each of them and then for the whole.
    const whole = retries === RETRIES;
    return whole && halved.doubtful ? this.warmUp(context, halved, doubt.cross, options, stop) : halved;
  }

  private async halve(
    { window, language }: WindowContext,
    text: WindowText,
    options: DecodeOptions,
    retries: number,
    stop: StopFlag | undefined,
  ): Promise<WindowText> {
    const halves = splitWindow(window);
    if (halves === null) return text;
    const started = await this.start(halves, stop);
    const parts = await this.decode(
      started,
      [language, language],
      { ...options, searchedAgain: 0 },
      retries,
      stop,
    );
    const tokens = parts.flatMap((part) => part.tokens);
    const logprob = parts.reduce((sum, part) => sum + part.avgLogprob * part.tokens.length, 0);
    const avgLogprob = logprob / Math.max(1, tokens.length);
    const doubtful = parts.every((part) => part.doubtful);
    if (doubtful && avgLogprob <= text.avgLogprob) return text;
    return { ...text, segments: parts.flatMap(({ segments }) => segments), tokens, avgLogprob, doubtful };
  }

  /** The first text that passes; else the most probable of all. */
  private async warmUp(
    context: WindowContext,
    text: WindowText,
    cross: Tensors,
    options: DecodeOptions,
    stop: StopFlag | undefined,
  ): Promise<WindowText> {
    let best = text;
    for (const temperature of options.temperatures.slice(1)) {
      const search = new SamplingSearch({
        ...this.searchOptions(options),
        temperature,
        bestOf: options.bestOf,
      });
      const drawn = await this.search(context, cross, search, temperature, options, stop);
      if (drawn === undefined) continue;
      if (!drawn.doubtful) return drawn;
      if (drawn.avgLogprob > best.avgLogprob) best = drawn;
    }
    return best;
  }

  /** Decodes one window again. */
  private async search(
    context: WindowContext,
    cross: Tensors,
    search: Search<unknown>,
    temperature: number,
    options: DecodeOptions,
    stop: StopFlag | undefined,
  ): Promise<WindowText | undefined> {
    const batch = { cross, past: null, rows: [toRow(context)] };
    for await (const decoded of this.loop.decode(batch, search, stop)) {
      return this.toText(context, decoded, options, temperature);
    }
    return undefined;
  }

  private firstSearch(options: DecodeOptions): Search<unknown> {
    const { beamSize, bestOf, timestamps, temperatures } = options;
    const [temperature = 0] = temperatures;
    const common = this.searchOptions(options);
    if (temperature > 0) return new SamplingSearch({ ...common, temperature, bestOf });
    if (beamSize > 1) return new BeamSearch({ ...common, beamSize });
    if (timestamps) return new SamplingSearch({ ...common, temperature: 0, bestOf: 1 });
    return new GreedySearch(common.endOfText);
  }

  private searchOptions({ timestamps }: DecodeOptions): LogitsSearchOptions {
    const { endOfText, noTimestamps, firstTimestamp } = this.model.config;
    return { endOfText, noTimestamps, firstTimestamp, timestamps };
  }

  private async toText(
    context: WindowContext,
    decoded: DecodedRow,
    options: DecodeOptions,
    temperature: number,
  ): Promise<WindowText> {
    const { window, noSpeechProb, language } = context;
    const { avgLogprob, cut } = decoded;
    const duration = window.samples.length / SAMPLE_RATE;
    const { parts, tokens, indices, advance } = readTimestamps(
      decoded.tokens,
      this.model.config.firstTimestamp,
      duration,
    );
    const ratio = compressionRatio(this.model.text.decode(tokens).trim());
    const tooFast = isTooFast(tokens.length, duration);
    const trust = { avgLogprob, compressionRatio: ratio, noSpeechProb, cut, tooFast };
    const text: WindowText = {
      segments: [],
      tokens,
      avgLogprob,
      doubtful: tokens.length > 0 && needsFallback(trust, options),
      advance: Math.min(window.samples.length, Math.round(advance * SAMPLE_RATE)),
    };
    if (tokens.length === 0) return text;
    if (isSilence(trust, options)) return { ...text, tokens: [], advance: window.samples.length };
    const figures: WindowFigures = {
      language,
      avgLogprob,
      compressionRatio: ratio,
      noSpeechProb,
      temperature,
    };
    const logprobs = indices.map((index) => decoded.logprobs[index] ?? 0);
    const align = () => this.words(context, tokens, logprobs, decoded, options);
    const words = await this.clock.measure('align', align);
    const written = new WindowTokens(tokens, logprobs, this.model.text, options.tokens);
    const segments = options.timestamps
      ? timestampedSegments(parts, written, words, window.pieces, figures)
      : words === null
        ? wholeSegment(written, window.pieces, figures)
        : segmentsOf(words, written, figures, options.words);
    return { ...text, segments };
  }

  /** Null where no times can be had, or where nothing needs them. */
  private async words(
    { window, prompt, language }: WindowContext,
    tokens: readonly number[],
    logprobs: readonly number[],
    decoded: DecodedRow,
    options: DecodeOptions,
  ): Promise<TimedWord[] | null> {
    const { graphs, config } = this.model;
    if (graphs.alignmentHeads === 0 || (options.timestamps && !options.words)) return null;
    // The text is read without timestamps, whatever it was written with.
    const start = [...prompt.start.filter((token) => token !== config.noTimestamps), config.noTimestamps];
    const all = [...start, ...tokens];
    // The last token of a text that was cut has not been fed to the decoder.
    const seen = (decoded.attention?.tokens ?? 0) >= all.length ? decoded.attention : null;
    const attention = seen ?? (await this.attend(all, window, decoded.cross));
    const times = tokenFrames(attention, start.length, all.length);
    const spoken = options.task === 'translate' ? 'en' : language;
    return tidyWords(timedWords(tokenWords(tokens, this.model.text, spoken), times, logprobs, window.pieces));
  }

  /** One more call with all tokens at once. */
  private async attend(
    tokens: readonly number[],
    { samples }: SpeechWindow,
    cross: Tensors,
  ): Promise<AttentionLog> {
    const { graphs } = this.model;
    const log = new AttentionLog(graphs.alignmentHeads);
    log.reset(framesOf(samples.length));
    log.add(await graphs.attention({ ids: [tokens], cross, past: null, bias: this.silent }), 0);
    return log;
  }
}

/** Whether a beam is worth its time. */
const mayBeWrong = (text: WindowText, row: number, { searchedAgain }: DecodeOptions): boolean =>
  row < searchedAgain && text.tokens.length > 0 && isUnsure(text.avgLogprob);

const toRow = ({ prompt, window }: WindowContext): RowsToDecode['rows'][number] => ({
  prompt,
  samples: window.samples.length,
  seed: window.pieces[0]?.inFile ?? 0,
});

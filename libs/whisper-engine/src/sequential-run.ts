import { WINDOW_SAMPLES } from './audio/window-size.js';
import { electLanguages, type LanguageVote } from './decode/language-detection.js';
import { EngineError } from './errors.js';
import type { InferencePool } from './inference/inference-pool.js';
import type { InferenceWorker } from './inference/inference-worker.js';
import type { TranscriptChunk, TranscriptSummary } from './options.js';
import type { RunOptions } from './run-options.js';
import { RunReport } from './run-report.js';
import type { Segment } from './transcript.js';
import type { SpeechEvent } from './vad/speech-reader.js';
import { SpeechTape } from './vad/speech-tape.js';
import type { SpeechWindow } from './vad/window-packer.js';
import { VOTERS } from './window-batches.js';
import type { WindowText } from './window-transcriber.js';

/** Text that was drawn above this temperature is no example for what follows. */
const TRUSTED_TEMPERATURE = 0.5;

/** A run over one stream whose windows are decoded one after the other, each from where the text of the one before it ended. */
export class SequentialRun {
  private readonly tape = new SpeechTape();
  private readonly report: RunReport;
  private from: number;
  private context: number[];
  private windows: number;

  constructor(
    private readonly pool: InferencePool,
    private readonly options: RunOptions,
    private readonly signal: AbortSignal,
  ) {
    const { resume } = options;
    this.report = new RunReport(options);
    this.from = resume?.speech?.from ?? 0;
    this.context = resume?.speech?.context ?? [];
    this.windows = resume?.batches ?? 0;
  }

  /** @throws EngineError `option_invalid` for several channels */
  async *run(
    events: AsyncIterable<SpeechEvent>,
  ): AsyncGenerator<TranscriptChunk, TranscriptSummary, undefined> {
    let read = 0;
    for await (const event of events) {
      if (event.channels > 1) {
        throw new EngineError('option_invalid', 'mode sequential takes one channel');
      }
      read = event.read;
      for (const { span, samples } of event.speech) this.tape.append(span, samples);
      this.tape.dropBefore(this.from);
      while (this.isDue(event.ended)) yield await this.decode();
      if (this.tape.end <= this.from) yield* this.advance(event.settled);
    }
    this.report.spend(this.options.clock?.take() ?? []);
    return this.report.summary(read);
  }

  private isDue(ended: boolean): boolean {
    const waiting = this.tape.end - this.from;
    return ended ? waiting > 0 : waiting >= WINDOW_SAMPLES * (this.report.language === null ? VOTERS : 1);
  }

  private *advance(to: number): Generator<TranscriptChunk> {
    if (to <= this.report.position) return;
    this.report.advance(to);
    yield this.chunk([]);
  }

  private async decode(): Promise<TranscriptChunk> {
    if (this.report.language === null) await this.detect();
    const window = this.tape.read(this.from, WINDOW_SAMPLES);
    const { length } = window.samples;
    const last = window.pieces.at(-1);
    const text = await this.text(window);
    this.from += Math.max(1, Math.min(length, text.advance));
    this.windows++;
    this.context = this.nextContext(text);
    this.tape.dropBefore(this.from);
    this.report.advance(this.tape.toFile(this.from) ?? (last === undefined ? 0 : last.inFile + last.length));
    return this.chunk(text.segments);
  }

  private async detect(): Promise<void> {
    const votes: LanguageVote[] = [];
    for (let from = this.from; from < this.tape.end && votes.length < VOTERS; from += WINDOW_SAMPLES) {
      const window = this.tape.read(from, WINDOW_SAMPLES);
      votes.push(...(await this.lend((worker) => worker.vote([window], this.signal))));
    }
    this.report.elect(electLanguages(votes));
  }

  private async text(window: SpeechWindow): Promise<WindowText> {
    const { decode, multilingual } = this.options;
    const [text] = await this.lend(async (worker) => {
      const votes = await worker.encode([window], this.signal);
      const own = multilingual ? electLanguages(votes)[0]?.language : undefined;
      const options = { ...decode, context: this.context };
      return worker.decode([own ?? this.report.language], options, this.signal);
    });
    if (text === undefined) throw new TypeError('a worker gave no text for a window');
    return text;
  }

  private async lend<T>(use: (worker: InferenceWorker) => Promise<T>): Promise<T> {
    const { result, stages } = await this.pool.lend((worker) => worker.measured(() => use(worker)));
    this.report.spend(stages);
    return result;
  }

  private nextContext({ tokens, segments }: WindowText): number[] {
    const drawn = segments.some(({ temperature }) => temperature > TRUSTED_TEMPERATURE);
    if (!this.options.conditionOnPreviousText || drawn) return [];
    return [...this.context, ...tokens].slice(-this.options.contextLength);
  }

  private chunk(segments: Segment[]): TranscriptChunk {
    this.report.spend(this.options.clock?.take() ?? []);
    const { windows: batches, from, context } = this;
    const speech = { from, context };
    return this.report.chunk(segments, { mode: 'sequential', batchSize: 1, batches, held: [], speech });
  }
}

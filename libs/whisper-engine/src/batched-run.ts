import { SAMPLE_RATE } from './audio/sample-rate.js';
import { electLanguages, type LanguageVote } from './decode/language-detection.js';
import type { InferencePool } from './inference/inference-pool.js';
import type { InferenceWorker } from './inference/inference-worker.js';
import { mapInOrder } from './map-in-order.js';
import type { TranscriptChunk, TranscriptSummary } from './options.js';
import type { StageTime } from './stage-clock.js';
import type { LanguageProbability, Segment } from './transcript.js';
import type { RunOptions } from './run-options.js';
import { RunReport } from './run-report.js';
import type { SpeechEvent } from './vad/speech-reader.js';
import { windowBatches, type WindowBatch } from './window-batches.js';
import type { WindowText } from './window-transcriber.js';

interface BatchResult {
  segments: Segment[];
  /** Samples of the audio that are finished with it. */
  position: number;
  /** Batches that are finished with it. */
  batches: number;
  stages: readonly StageTime[];
}

interface NumberedBatch extends WindowBatch {
  /** Counts from 1; that of the batch before where it has no windows. */
  number: number;
  /** Windows of earlier batches. */
  before: number;
  /** What reading it took. */
  stages: readonly StageTime[];
}

/** Only the first windows are searched again where their text is unsure: all of a short recording, and little of the time of a long one. */
const SEARCHED_AGAIN = 3;

/** A run over one stream whose windows are decoded side by side. */
export class BatchedRun {
  private readonly elected = Promise.withResolvers<LanguageProbability[]>();
  private readonly report: RunReport;
  /** As the checkpoint counts them. */
  private readonly batchSize: number;
  /** Windows that memory allows side by side. */
  private readonly groupSize: number;
  private held: Segment[];
  private read = 0;

  constructor(
    private readonly pool: InferencePool,
    private readonly options: RunOptions,
    batchSize: number,
    private readonly signal: AbortSignal,
  ) {
    const { resume } = options;
    this.report = new RunReport(options);
    this.held = [...(resume?.held ?? [])];
    this.batchSize = resume?.batchSize ?? batchSize;
    this.groupSize = Math.min(batchSize, this.batchSize);
    // Whoever waits for it fails together with the first batch.
    this.elected.promise.catch(() => undefined);
    if (resume !== null && resume.batches > 0) this.elected.resolve(resume.languages);
  }

  async *run(
    events: AsyncIterable<SpeechEvent>,
  ): AsyncGenerator<TranscriptChunk, TranscriptSummary, undefined> {
    // One more than there are workers: it waits while the next is being read.
    const results = mapInOrder(this.unfinished(events), (batch) => this.work(batch), this.pool.size);
    let finished = this.options.resume?.batches ?? 0;
    for await (const { segments, position, batches, stages } of results) {
      this.report.spend(stages);
      if (segments.length === 0 && position <= this.report.position) continue;
      if (batches > 0 && this.report.language === null) this.report.elect(await this.elected.promise);
      this.report.advance(position);
      finished = batches;
      yield this.chunk(this.release(segments), batches);
    }
    const rest = this.held.splice(0);
    this.report.spend(this.options.clock?.take() ?? []);
    if (rest.length > 0) yield this.chunk(rest, finished);
    return this.report.summary(this.read);
  }

  /** The batches that the run which this one goes on from has not finished. */
  private async *unfinished(events: AsyncIterable<SpeechEvent>): AsyncGenerator<NumberedBatch> {
    const sizes = { largest: this.batchSize, detect: this.options.detect };
    const done = this.options.resume?.batches ?? 0;
    let number = 0;
    let before = 0;
    for await (const batch of windowBatches(events, sizes)) {
      this.read = batch.read;
      if (batch.windows.length > 0) number++;
      if (batch.windows.length === 0 || number > done)
        yield { ...batch, number, before, stages: this.options.clock?.take() ?? [] };
      before += batch.windows.length;
    }
  }

  private async work(batch: NumberedBatch): Promise<BatchResult> {
    const { windows, position, channels, number } = batch;
    if (windows.length === 0) return { segments: [], position, batches: number, stages: batch.stages };
    const { result: texts, stages } = await this.pool
      .lend((worker) => worker.measured(() => this.decode(worker, batch)))
      .catch((error: unknown) => {
        this.elected.reject(error);
        throw error;
      });
    const segments = texts.flatMap((text, index) => {
      const channel = windows[index]?.channel ?? 0;
      return channels === 1 ? text.segments : text.segments.map((segment) => ({ ...segment, channel }));
    });
    return { segments, position, batches: number, stages: [...batch.stages, ...stages] };
  }

  /** More windows may have to vote on the language, or have been put together by a run with more memory, than fit into it. */
  private async decode(
    worker: InferenceWorker,
    { windows, number, before }: NumberedBatch,
  ): Promise<WindowText[]> {
    const groups = Array.from({ length: Math.ceil(windows.length / this.groupSize) }, (_, group) =>
      windows.slice(group * this.groupSize, (group + 1) * this.groupSize),
    );
    const texts: WindowText[] = [];
    if (groups.length > 1 && number === 1 && this.options.detect) {
      const votes: LanguageVote[] = [];
      for (const group of groups) votes.push(...(await worker.vote(group, this.signal)));
      this.elected.resolve(electLanguages(votes));
    }
    for (const group of groups) {
      const votes = await worker.encode(group, this.signal);
      const languages = await this.languagesOf(votes, number);
      const searchedAgain = this.options.searchesAgain ? SEARCHED_AGAIN - before - texts.length : 0;
      texts.push(...(await worker.decode(languages, { ...this.options.decode, searchedAgain }, this.signal)));
    }
    return texts;
  }

  /** The first batch elects the language of all; in multilingual runs each window has its own. */
  private async languagesOf(votes: readonly LanguageVote[], number: number): Promise<(string | null)[]> {
    const { language, multilingual } = this.options;
    if (language !== null) return votes.map(() => language);
    if (number === 1) this.elected.resolve(electLanguages(votes));
    const elected = await this.elected.promise;
    return votes.map((vote) => (multilingual ? electLanguages([vote]) : elected)[0]?.language ?? null);
  }

  /** Segments of several channels come one after the other in time: those in front of the position that all have come to. */
  private release(segments: readonly Segment[]): Segment[] {
    const all = [...this.held, ...segments];
    if (all.every(({ channel }) => channel === undefined)) return all;
    all.sort((a, b) => a.start - b.start);
    const isDue = ({ start }: Segment): boolean => start * SAMPLE_RATE < this.report.position;
    this.held = all.filter((segment) => !isDue(segment));
    return all.filter(isDue);
  }

  private chunk(segments: Segment[], batches: number): TranscriptChunk {
    const { batchSize, held } = this;
    return this.report.chunk(segments, { mode: 'batched', batchSize, batches, held: [...held] });
  }
}

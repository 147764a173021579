import type { InferenceSession } from 'onnxruntime-node';
import { SAMPLE_RATE } from './audio/sample-rate.js';
import { electLanguage } from './decode/language-detection.js';
import { throwIfAborted } from './errors.js';
import type { Segment, TranscribeOptions, TranscriptChunk, TranscriptSummary } from './options.js';
import { speechWindows, type WindowEvent } from './vad/speech-windows.js';
import type { SpeechWindow } from './vad/window-packer.js';
import type { StartedWindows, WindowTranscriber } from './window-transcriber.js';

/**
 * Windows that are decoded side by side, batch by batch; later batches are as long as the last of these. Short ones come first,
 * so that the first text is there soon.
 */
const BATCHES = [1, 2, 4] as const;
const LARGEST_BATCH = 4;
/** Windows that vote on the language. */
const VOTERS = 3;
/** Speech waits no longer than this much audio for its batch to fill: 5 minutes. */
const LONGEST_WAIT = 300 * SAMPLE_RATE;

export interface TranscriptionOptions extends Omit<TranscribeOptions, 'language'> {
  /** Null: to be detected, or of no account. */
  language: string | null;
  /** The model is multilingual. */
  detect: boolean;
}

/** One run over one stream. What is decoded together depends on the audio alone, never on time. */
export class Transcription {
  private readonly waiting: SpeechWindow[] = [];
  private batches = 0;
  private position = 0;
  private language: string | null;
  private probability: number | null;

  constructor(
    private readonly vad: InferenceSession,
    private readonly transcriber: WindowTranscriber,
    private readonly options: TranscriptionOptions,
  ) {
    this.language = options.language;
    this.probability = options.language === null ? null : 1;
  }

  async *run(
    audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  ): AsyncGenerator<TranscriptChunk, TranscriptSummary, undefined> {
    let read = 0;
    for await (const event of speechWindows(this.vad, audio, this.options.vad)) {
      throwIfAborted(this.options.signal);
      read = event.read;
      if (event.window !== null) this.waiting.push(event.window);
      if (this.isDue(event)) yield await this.decodeWaiting();
      if (this.waiting.length === 0 && event.window === null) yield* this.advance(event.settled);
    }
    if (this.waiting.length > 0) yield await this.decodeWaiting();
    yield* this.advance(read);
    return {
      language: this.language,
      languageProbability: this.probability,
      duration: read / SAMPLE_RATE,
    };
  }

  private isDue({ settled }: WindowEvent): boolean {
    const first = this.waiting[0]?.pieces[0];
    if (first === undefined) return false;
    const size = this.language === null ? VOTERS : (BATCHES[this.batches] ?? LARGEST_BATCH);
    return this.waiting.length >= size || settled - first.inFile > LONGEST_WAIT;
  }

  private async decodeWaiting(): Promise<TranscriptChunk> {
    const windows = this.waiting.splice(0);
    const { words = false, signal } = this.options;
    const started = await this.transcriber.start(windows, signal);
    if (this.language === null) this.detect(started);
    const segments = await this.transcriber.finish(started, this.language, { words, signal });
    this.batches++;
    const last = windows.at(-1)?.pieces.at(-1);
    if (last !== undefined) this.position = Math.max(this.position, last.inFile + last.length);
    return this.chunk(segments);
  }

  private detect(started: StartedWindows): void {
    if (!this.options.detect) return;
    const elected = electLanguage(this.transcriber.languageVotes(started));
    this.language = elected?.language ?? null;
    this.probability = elected?.probability ?? null;
  }

  private *advance(to: number): Generator<TranscriptChunk> {
    if (to <= this.position) return;
    this.position = to;
    yield this.chunk([]);
  }

  private chunk(segments: Segment[]): TranscriptChunk {
    return { segments, position: this.position / SAMPLE_RATE, language: this.language };
  }
}

import type { InferenceSession } from 'onnxruntime-node';
import { WINDOW_SAMPLES } from '../audio/log-mel.js';
import { PcmBuffer } from '../audio/pcm-buffer.js';
import { SAMPLE_RATE } from '../audio/sample-rate.js';
import type { VadOptions } from '../options.js';
import { SileroVad, VAD_HOP } from './silero-vad.js';
import { SpeechSpans, type Span } from './speech-spans.js';
import { WindowPacker, type SpeechWindow } from './window-packer.js';

/** About 16 s: what is asked of the VAD at once. Fixed, so that nothing depends on the sizes of the caller's blocks. */
const BLOCK = 512 * VAD_HOP;
const MAX_GAP = 30 * SAMPLE_RATE;
const WINDOW_CAPACITY = WINDOW_SAMPLES;

export interface WindowEvent {
  window: SpeechWindow | null;
  /** Samples read so far. */
  read: number;
  /** Speech before this sample is in windows that have been handed out. */
  settled: number;
}

/** Reads a stream of 16 kHz samples and hands out the speech in it, holding no more than a window and the block at hand. */
export async function* speechWindows(
  graph: InferenceSession,
  audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  options: Partial<VadOptions> = {},
): AsyncGenerator<WindowEvent> {
  const reader = new WindowReader(graph, options);
  for await (const block of audio) {
    for (let at = 0; at < block.length;) {
      const room = reader.room;
      reader.append(block.subarray(at, at + room));
      at += room;
      if (reader.room === 0) yield* reader.analyse();
    }
  }
  yield* reader.finish();
}

class WindowReader {
  private readonly pcm = new PcmBuffer();
  private readonly vad: SileroVad;
  private readonly spans: SpeechSpans;
  private readonly packer = new WindowPacker(WINDOW_CAPACITY, MAX_GAP);
  private analysed = 0;

  constructor(graph: InferenceSession, options: Partial<VadOptions>) {
    this.vad = new SileroVad(graph);
    this.spans = new SpeechSpans(WINDOW_CAPACITY, options);
  }

  /** Samples that are missing to a whole block. */
  get room(): number {
    return this.analysed + BLOCK - this.pcm.end;
  }

  append(samples: Float32Array): void {
    this.pcm.append(samples);
  }

  async *analyse(): AsyncGenerator<WindowEvent> {
    const block = this.pcm.read(this.analysed, this.pcm.end);
    this.analysed = this.pcm.end;
    yield* this.pack(this.spans.push(await this.vad.probabilities(block)));
    this.pcm.dropBefore(this.spans.settled);
    yield this.event(this.packer.settle(this.spans.settled));
  }

  async *finish(): AsyncGenerator<WindowEvent> {
    yield* this.analyse();
    yield* this.pack(this.spans.finish(this.pcm.end));
    yield this.event(this.packer.flush());
  }

  private *pack(spans: Span[]): Generator<WindowEvent> {
    for (const span of spans) {
      // The last probability may stand for samples that the audio does not have.
      const end = Math.min(span.end, this.pcm.end);
      const window = this.packer.add({ ...span, end }, this.pcm.read(span.start, end));
      if (window !== null) yield this.event(window);
    }
  }

  private event(window: SpeechWindow | null): WindowEvent {
    return { window, read: this.pcm.end, settled: this.packer.start ?? this.spans.settled };
  }
}

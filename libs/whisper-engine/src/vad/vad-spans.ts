import type { InferenceSession } from 'onnxruntime-node';
import type { VadOptions } from '../options.js';
import { SileroVad } from './silero-vad.js';
import type { SpanFinder } from './span-finder.js';
import { SpeechSpans, type Span } from './speech-spans.js';

/** Spans where the VAD hears speech. */
export class VadSpans implements SpanFinder {
  private readonly vad: SileroVad;
  private readonly spans: SpeechSpans;
  private total = 0;

  constructor(graph: InferenceSession, longest: number, options: Partial<VadOptions>) {
    this.vad = new SileroVad(graph);
    this.spans = new SpeechSpans(longest, options);
  }

  get settled(): number {
    return this.spans.settled;
  }

  /** @param samples a multiple of 512, except for the last */
  async find(samples: Float32Array): Promise<Span[]> {
    this.total += samples.length;
    return this.spans.push(await this.vad.probabilities(samples));
  }

  finish(): Span[] {
    return this.spans.finish(this.total);
  }
}

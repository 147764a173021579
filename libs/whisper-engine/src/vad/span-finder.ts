import type { Span } from './speech-spans.js';

/** Finds the stretches of a stream that are to be decoded. It is given all samples in order. */
export interface SpanFinder {
  /** No span that comes later reaches back before this sample. */
  readonly settled: number;
  /** Spans whose end is certain after these samples. */
  find(samples: Float32Array): Promise<Span[]>;
  /** The spans that are left at the end of the stream. */
  finish(): Span[];
}

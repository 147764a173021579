import type { Span } from './speech-spans.js';
import type { Piece } from './time-map.js';

/** Speech for one run of the model: pieces of the audio, end to end. */
export interface SpeechWindow {
  pieces: Piece[];
  samples: Float32Array;
}

/** Collects spans of speech, in order, into windows that are as full as they can be. */
export class WindowPacker {
  private pieces: Piece[] = [];
  private parts: Float32Array[] = [];
  private length = 0;
  private lastEnd = 0;

  /**
   * @param capacity longest window, in samples
   * @param maxGap spans that lie further apart (in samples) never share a window: results need not wait for what comes after a long silence
   */
  constructor(
    private readonly capacity: number,
    private readonly maxGap: number,
  ) {}

  /** First sample of the audio that waits here, or null. */
  get start(): number | null {
    return this.pieces[0]?.inFile ?? null;
  }

  /** Takes the next span; returns the window that it closes, if any. */
  add(span: Span, samples: Float32Array): SpeechWindow | null {
    const tooFar = span.start - this.lastEnd > this.maxGap;
    const closed = tooFar || this.length + samples.length > this.capacity ? this.flush() : null;
    const { start, speechStart, speechEnd } = span;
    this.pieces.push({
      inWindow: this.length,
      inFile: start,
      length: samples.length,
      speechStart,
      speechEnd,
    });
    this.parts.push(samples);
    this.length += samples.length;
    this.lastEnd = span.end;
    return closed;
  }

  /** Closes the window when all later spans begin at `sample` or after it and that is too far away. */
  settle(sample: number): SpeechWindow | null {
    return sample - this.lastEnd > this.maxGap ? this.flush() : null;
  }

  /** What has been collected, or null. */
  flush(): SpeechWindow | null {
    if (this.pieces.length === 0) return null;
    const samples = new Float32Array(this.length);
    this.parts.forEach((part, index) => {
      samples.set(part, this.pieces[index]?.inWindow ?? 0);
    });
    const window = { pieces: this.pieces, samples };
    this.pieces = [];
    this.parts = [];
    this.length = 0;
    return window;
  }
}

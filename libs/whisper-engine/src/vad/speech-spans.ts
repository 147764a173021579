import { SAMPLE_RATE } from '../audio/sample-rate.js';
import type { VadOptions } from '../options.js';
import { VAD_HOP } from './silero-vad.js';

/** A stretch of sound with speech in it, in samples from the start; ends are not part of it. */
export interface Span {
  /** With padding. */
  start: number;
  end: number;
  /** Where the VAD hears speech. */
  speechStart: number;
  speechEnd: number;
}

/** As faster-whisper's batched mode, whose windows give the best error rate that is known for this way of packing. */
export const DEFAULT_VAD: VadOptions = {
  onset: 0.5,
  offset: 0.35,
  minSilenceMs: 160,
  minSpeechMs: 0,
  padMs: 400,
};

/** A pause that is too short to end speech, but where speech that is too long is best cut. */
const CUT_SILENCE = Math.round(0.098 * SAMPLE_RATE);

const samplesOf = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

interface OpenSpan {
  /** Without padding. */
  start: number;
  /** The place behind which the span in front of it ends, padding included. */
  floor: number;
  /** Where probabilities fell below the offset, or null while there is speech. */
  silence: number | null;
  /** The last pause that was long enough to cut at; `resumed` is null while it lasts. */
  cut: { at: number; resumed: number | null } | null;
}

/** Turns speech probabilities into padded spans that never overlap and never exceed a length. Hands a span out once its end is certain. */
export class SpeechSpans {
  private readonly options: VadOptions;
  private readonly pad: number;
  private readonly minSilence: number;
  private readonly minSpeech: number;
  private readonly longest: number;
  private position = 0;
  private open: OpenSpan | null = null;
  /** A span whose end is known but for its padding: speech that follows soon takes half of the pause. */
  private held: { start: number; end: number; floor: number } | null = null;
  /** End of the last span that is finished: none reaches back before it. */
  private released = 0;
  private finished: Span[] = [];

  constructor(maxSamples: number, options: Partial<VadOptions> = {}) {
    this.options = { ...DEFAULT_VAD, ...options };
    this.pad = samplesOf(this.options.padMs);
    this.minSilence = samplesOf(this.options.minSilenceMs);
    this.minSpeech = samplesOf(this.options.minSpeechMs);
    this.longest = maxSamples - VAD_HOP - 2 * this.pad;
  }

  /** No span that comes later reaches back before this sample. */
  get settled(): number {
    const first = this.held ?? this.open;
    return Math.max(
      0,
      Math.min(first?.floor ?? Infinity, first === null ? this.position - this.pad : Infinity),
    );
  }

  /** Takes one probability for each 512 samples. */
  push(probabilities: Float32Array): Span[] {
    for (const probability of probabilities) {
      this.step(probability, this.position);
      this.position += VAD_HOP;
    }
    if (this.held !== null && this.open === null && this.position - this.held.end >= 2 * this.pad) {
      this.release(this.held.end + this.pad);
    }
    return this.take();
  }

  /** The spans that are left when the sound ends after `total` samples. */
  finish(total: number): Span[] {
    if (this.open !== null) this.close(this.open, total);
    if (this.held !== null) this.release(Math.min(total, this.held.end + this.pad));
    return this.take();
  }

  private take(): Span[] {
    const spans = this.finished;
    this.finished = [];
    return spans;
  }

  private step(probability: number, at: number): void {
    const speech = probability >= this.options.onset;
    if (this.open === null) {
      if (speech) this.begin(at);
      return;
    }
    const open = this.open;
    if (speech && open.silence !== null) {
      open.silence = null;
      if (open.cut?.resumed === null) open.cut.resumed = at;
    }
    if (at - open.start > this.longest) {
      this.cut(open, at);
      return;
    }
    if (probability < this.options.offset) this.hush(open, at);
  }

  private hush(open: OpenSpan, at: number): void {
    open.silence ??= at;
    if (at - open.silence > CUT_SILENCE && open.cut?.at !== open.silence) {
      open.cut = { at: open.silence, resumed: null };
    }
    if (at - open.silence >= this.minSilence) this.close(open, open.silence);
  }

  /** Speech that is too long ends at its last pause, or here. */
  private cut(open: OpenSpan, at: number): void {
    const { cut } = open;
    this.close(open, cut?.at ?? at);
    if (cut === null) this.begin(at);
    else if (cut.resumed !== null) this.begin(cut.resumed);
  }

  private begin(start: number): void {
    let floor = Math.max(this.released, start - this.pad);
    if (this.held !== null) {
      const pause = start - this.held.end;
      const share = Math.min(this.pad, Math.floor(pause / 2));
      floor = start - share;
      this.release(this.held.end + share);
    }
    this.open = { start, floor, silence: null, cut: null };
  }

  private close(open: OpenSpan, end: number): void {
    this.open = null;
    if (end - open.start > this.minSpeech) this.held = { start: open.start, end, floor: open.floor };
  }

  private release(end: number): void {
    if (this.held !== null) {
      const { floor, start: speechStart, end: speechEnd } = this.held;
      this.finished.push({ start: floor, end, speechStart, speechEnd });
      this.released = end;
    }
    this.held = null;
  }
}

import { PcmBuffer } from '../audio/pcm-buffer.js';
import type { Span } from './speech-spans.js';
import { cutPieces, type Piece } from './time-map.js';
import type { SpeechWindow } from './window-packer.js';

/** Spans of speech end to end, to be read from anywhere. Samples of the tape count from the first span. */
export class SpeechTape {
  private readonly pcm = new PcmBuffer();
  private pieces: Piece[] = [];

  /** Samples of the tape so far. */
  get end(): number {
    return this.pcm.end;
  }

  append({ start, speechStart, speechEnd }: Span, samples: Float32Array): void {
    const { length } = samples;
    this.pieces.push({ inWindow: this.pcm.end, inFile: start, length, speechStart, speechEnd });
    this.pcm.append(samples);
  }

  /** Up to `length` samples from `from` on. */
  read(from: number, length: number): SpeechWindow {
    const to = Math.min(from + length, this.pcm.end);
    const pieces = cutPieces(this.pieces, from, to);
    return { pieces, samples: this.pcm.read(from, to) };
  }

  /** Forgets what lies in front of a sample of the tape. */
  dropBefore(sample: number): void {
    this.pcm.dropBefore(sample);
    this.pieces = this.pieces.filter(({ inWindow, length }) => inWindow + length > sample);
  }

  /** Sample of the audio for a sample of the tape that is still held, or null at its end. */
  toFile(sample: number): number | null {
    const piece = this.pieces.find(({ inWindow, length }) => inWindow + length > sample);
    return piece === undefined ? null : piece.inFile + Math.max(0, sample - piece.inWindow);
  }
}

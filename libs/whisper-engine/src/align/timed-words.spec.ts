import { describe, expect, it } from '@jest/globals';
import type { Piece } from '../vad/time-map.js';
import { timedWords } from './timed-words.js';

const SECOND = 16_000;
/** Two seconds of speech from 10 s on, then two from 60 s on. */
const PIECES: Piece[] = [
  { inWindow: 0, inFile: 10 * SECOND, length: 2 * SECOND, speechStart: 10 * SECOND, speechEnd: 12 * SECOND },
  {
    inWindow: 2 * SECOND,
    inFile: 60 * SECOND,
    length: 2 * SECOND,
    speechStart: 60 * SECOND,
    speechEnd: 62 * SECOND,
  },
];
const WORDS = [
  { from: 0, to: 1, text: ' one' },
  { from: 1, to: 3, text: ' two' },
  { from: 3, to: 4, text: ' three' },
];

/** Frames are 20 ms; times are moved by the 60 ms that attention runs ahead. */
describe('timedWords', () => {
  it('takes times to the piece of the audio that the word was spoken in', () => {
    const timed = timedWords(WORDS, Int32Array.of(10, 30, 40, 110, 130), [0, 0, 0, 0], PIECES);
    expect(timed.map(({ start, piece }) => [start, piece])).toEqual([
      [10.26, 0],
      [10.66, 0],
      [60.26, 1],
    ]);
    expect(timed[0]?.end).toBe(10.66);
    expect(timed[2]?.end).toBe(60.66);
  });

  it('keeps a word out of the silence between two pieces', () => {
    const timed = timedWords(WORDS, Int32Array.of(10, 30, 40, 110, 130), [0, 0, 0, 0], PIECES);
    expect(timed[1]?.end).toBe(12);
  });

  it('never goes back in time', () => {
    const timed = timedWords(WORDS, Int32Array.of(97, 97, 97, 97, 97), [0, 0, 0, 0], PIECES);
    timed.forEach(({ start, end }, index) => {
      expect(end).toBeGreaterThanOrEqual(start);
      expect(start).toBeGreaterThanOrEqual(timed[index - 1]?.end ?? 0);
    });
  });

  it('gives a word the mean probability of its tokens', () => {
    const logprobs = [0, Math.log(0.5), Math.log(0.25), 0];
    expect(
      timedWords(WORDS, Int32Array.of(10, 30, 40, 110, 130), logprobs, PIECES)[1]?.probability,
    ).toBeCloseTo(0.375, 9);
  });
});

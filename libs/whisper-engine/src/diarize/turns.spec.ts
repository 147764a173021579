import { describe, expect, it } from '@jest/globals';
import { secondsOfFrame } from './frames.js';
import { turnsOf, type NamedPiece } from './turns.js';

const piece = (speaker: number, start: number, end: number): NamedPiece => ({ speaker, start, end });
const frames = (pieces: NamedPiece[]): [number, number, number][] =>
  turnsOf(pieces).map(({ speaker, start, end }) => [
    speaker,
    Math.round((start - secondsOfFrame(1)) / (secondsOfFrame(2) - secondsOfFrame(1))) + 1,
    Math.round((end - secondsOfFrame(1)) / (secondsOfFrame(2) - secondsOfFrame(1))) + 1,
  ]);

describe('turnsOf', () => {
  it('joins pieces of a speaker over short pauses, and over longer ones where nobody else speaks', () => {
    expect(frames([piece(0, 10, 100), piece(0, 110, 200), piece(0, 300, 400)])).toEqual([[0, 10, 400]]);
    expect(frames([piece(0, 10, 100), piece(0, 300, 400)])).toEqual([
      [0, 10, 100],
      [0, 300, 400],
    ]);
  });

  it('ends a turn where somebody else speaks in between', () => {
    expect(frames([piece(0, 10, 100), piece(1, 110, 150), piece(0, 160, 200)])).toEqual([
      [0, 10, 100],
      [1, 110, 150],
      [0, 160, 200],
    ]);
  });

  it('has turns of two speakers at the same time', () => {
    expect(frames([piece(0, 10, 100), piece(1, 80, 150), piece(0, 100, 120)])).toEqual([
      [0, 10, 120],
      [1, 80, 150],
    ]);
  });
});

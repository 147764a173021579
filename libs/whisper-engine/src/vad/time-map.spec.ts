import { describe, expect, it } from '@jest/globals';
import { findPiece, toFile, type Piece } from './time-map.js';

const FIRST: Piece = { inWindow: 0, inFile: 1000, length: 100, speechStart: 1020, speechEnd: 1080 };
const SECOND: Piece = { inWindow: 100, inFile: 5000, length: 50, speechStart: 5010, speechEnd: 5040 };

describe('findPiece', () => {
  it('takes the piece that holds most of a stretch', () => {
    expect(findPiece([FIRST, SECOND], 10, 20)).toBe(0);
    expect(findPiece([FIRST, SECOND], 95, 115)).toBe(1);
    expect(findPiece([FIRST, SECOND], 85, 110)).toBe(0);
  });

  it('takes the next piece for a start at a joint, the nearest beyond the end', () => {
    expect(findPiece([FIRST, SECOND], 100, 110)).toBe(1);
    expect(findPiece([FIRST, SECOND], 200, 210)).toBe(1);
  });
});

describe('toFile', () => {
  it('moves a sample by the place of its piece', () => {
    expect(toFile(FIRST, 30, 0)).toBe(1030);
    expect(toFile(SECOND, 120, 0)).toBe(5020);
  });

  it('stays where speech was heard, give or take the slack', () => {
    expect(toFile(FIRST, 5, 0)).toBe(1020);
    expect(toFile(FIRST, 5, 8)).toBe(1012);
    expect(toFile(SECOND, 149, 0)).toBe(5040);
    expect(toFile(SECOND, 149, 99)).toBe(5049);
  });

  it('never leaves the piece', () => {
    expect(toFile(SECOND, 20, 1000)).toBe(5000);
    expect(toFile(SECOND, 500, 1000)).toBe(5050);
  });
});

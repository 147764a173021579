import { describe, expect, it } from '@jest/globals';
import { EMBEDDING_SIZE, packEmbedding } from './embedding.js';
import type { HeardPiece } from './heard-piece.js';
import { namePieces } from './name-pieces.js';

/** Length 1 in the plane of two speakers. */
const voice = (towardsSecond: number): Float32Array => {
  const values = new Float32Array(EMBEDDING_SIZE);
  values[0] = Math.sqrt(1 - towardsSecond ** 2);
  values[1] = towardsSecond;
  return values;
};
const speakers = [voice(0), voice(1)];

const piece = (
  start: number,
  end: number,
  track: number,
  towardsSecond: number | null,
  frames = end - start,
): HeardPiece => ({
  start,
  end,
  track,
  frames,
  embedding: towardsSecond === null ? null : packEmbedding(voice(towardsSecond)),
});

describe('namePieces', () => {
  it('gives each piece the speaker whose voice is most like it', () => {
    expect(namePieces([piece(0, 100, 0, 0.1), piece(100, 200, 0, 0.9)], speakers)).toEqual([0, 1]);
  });

  it('holds a short piece for the speaker beside it in its track unless its voice clearly says otherwise', () => {
    const unsure = namePieces([piece(0, 100, 0, 0), piece(105, 125, 0, 0.75)], speakers);
    expect(unsure).toEqual([0, 0]);
    expect(namePieces([piece(0, 100, 0, 0), piece(105, 125, 0, 1)], speakers)).toEqual([0, 1]);
    expect(namePieces([piece(0, 100, 0, 0), piece(105, 110, 0, null, 0)], speakers)).toEqual([0, 0]);
  });

  it('gives two pieces at the same time two speakers', () => {
    expect(namePieces([piece(0, 100, 0, 0), piece(50, 90, 1, 0.2)], speakers)).toEqual([0, 1]);
  });

  it('leaves what nothing tells of without a speaker', () => {
    expect(namePieces([piece(0, 10, 0, null, 0)], speakers)).toEqual([null]);
  });
});

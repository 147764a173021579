import { describe, expect, it } from '@jest/globals';
import { packPieces, readDiarizationCheckpoint, unpackPieces } from './diarization-checkpoint.js';
import type { HeardPiece } from './heard-piece.js';
import { EMBEDDING_SIZE } from './embedding.js';

const embedding = Int8Array.from({ length: EMBEDDING_SIZE }, (_, i) => ((i * 7) % 255) - 127);
const pieces: HeardPiece[] = [
  { start: 0, end: 149, track: 0, frames: 140, embedding },
  { start: 2_000_000, end: 2_000_007, track: 5, frames: 0, embedding: null },
];

describe('a checkpoint', () => {
  it('gives pieces back as they were', () => {
    expect(unpackPieces(packPieces(pieces))).toEqual(pieces);
    expect(unpackPieces(packPieces([]))).toEqual([]);
  });

  it('is refused where no run has given it', () => {
    const good = { version: 1 as const, position: 480_000, blocks: [packPieces(pieces)] };
    expect(readDiarizationCheckpoint(good)).toEqual(good);
    for (const wrong of [
      { ...good, version: 2 as 1 },
      { ...good, position: -1 },
      { ...good, blocks: [packPieces(pieces).slice(0, 100)] },
      { ...good, blocks: 'none' as unknown as string[] },
    ]) {
      expect(() => readDiarizationCheckpoint(wrong)).toThrow(
        expect.objectContaining({ code: 'checkpoint_invalid' }),
      );
    }
  });
});

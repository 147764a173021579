import { Buffer } from 'node:buffer';
import { EngineError } from '../errors.js';
import type { HeardPiece } from './heard-piece.js';
import { EMBEDDING_SIZE } from './embedding.js';

/**
 * What was heard so far, as plain JSON: to be stored, and handed to a run over the same audio with the same models. It holds embeddings of
 * voices, which are personal data: it is to be deleted with the job.
 */
export interface DiarizationCheckpoint {
  version: 1;
  /** Samples of the audio, at 16 kHz, that are done. */
  position: number;
  /** What is kept of each block of 30 s: bytes in base64, about 150 characters for each second of speech. */
  blocks: string[];
}

/** Of a piece: start and end (four bytes each), track (one), frames of the embedding (two), whether there is one (one), the embedding. */
const HEAD_BYTES = 12;

/** Pieces, one after the other, as base64. */
export function packPieces(pieces: readonly HeardPiece[]): string {
  const parts = pieces.flatMap(({ start, end, track, frames, embedding }) => {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(start, 0);
    head.writeUInt32LE(end, 4);
    head.writeUInt8(track, 8);
    head.writeUInt16LE(frames, 9);
    head.writeUInt8(embedding === null ? 0 : 1, 11);
    return embedding === null
      ? [head]
      : [head, Buffer.from(embedding.buffer, embedding.byteOffset, EMBEDDING_SIZE)];
  });
  return Buffer.concat(parts).toString('base64');
}

/** @throws EngineError `checkpoint_invalid` */
export function unpackPieces(text: unknown): HeardPiece[] {
  if (typeof text !== 'string') throw invalid();
  const bytes = Buffer.from(text, 'base64');
  const pieces: HeardPiece[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + HEAD_BYTES > bytes.length) throw invalid();
    const [start, end] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const [track, frames] = [bytes.readUInt8(at + 8), bytes.readUInt16LE(at + 9)];
    const size = bytes.readUInt8(at + 11) === 0 ? 0 : EMBEDDING_SIZE;
    at += HEAD_BYTES;
    if (at + size > bytes.length || end <= start) throw invalid();
    const embedding = size === 0 ? null : Int8Array.from(bytes.subarray(at, at + size));
    pieces.push({ start, end, track, frames, embedding });
    at += size;
  }
  return pieces;
}

/** @throws EngineError `checkpoint_invalid` for what no run has given */
export function readDiarizationCheckpoint(checkpoint: DiarizationCheckpoint): DiarizationCheckpoint {
  const { version, position, blocks } = { ...checkpoint };
  const valid =
    (version as number) === 1 && Number.isSafeInteger(position) && position >= 0 && Array.isArray(blocks);
  if (!valid) throw invalid();
  for (const block of blocks) unpackPieces(block);
  return checkpoint;
}

const invalid = (): EngineError =>
  new EngineError('checkpoint_invalid', 'the checkpoint is not of a diarization');

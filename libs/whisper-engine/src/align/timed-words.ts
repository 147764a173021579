import { SAMPLE_RATE } from '../audio/sample-rate.js';
import type { Word } from '../transcript.js';
import { findPiece, toFile, type Piece } from '../vad/time-map.js';
import { FRAME_SECONDS } from './token-times.js';
import type { TokenWord } from './token-words.js';

/** A word of a window; its text has the space in front of it. */
export interface TimedWord extends Word {
  /** Index of the piece of the window that it was spoken in. */
  piece: number;
  /** Tokens of the text of the window, `from` up to, not including, `to`. */
  from: number;
  to: number;
}

/** The VAD answers for 32 ms at a time and hears soft beginnings and ends a little late. */
const SLACK = 0.03 * SAMPLE_RATE;
/** Attention runs ahead of the sound: by 0.06 s in the median over synthetic speech with exact times, rather more over readers. */
const LEAD = 0.06 * SAMPLE_RATE;
const SAMPLES_PER_FRAME = FRAME_SECONDS * SAMPLE_RATE;

/**
 * Takes words from the time of a packed window to the time of the audio. A word lies in one piece: its times never reach into
 * the silence between two.
 * @param frames starts of the tokens and the end of the last, as from tokenFrames
 * @param logprobs of the tokens
 */
export function timedWords(
  words: readonly TokenWord[],
  frames: Int32Array,
  logprobs: readonly number[],
  pieces: readonly Piece[],
): TimedWord[] {
  const timed: TimedWord[] = [];
  let earliest = 0;
  for (const { from, to, text } of words) {
    const begin = (frames[from] ?? 0) * SAMPLES_PER_FRAME + LEAD;
    const finish = (frames[to] ?? 0) * SAMPLES_PER_FRAME + LEAD;
    const index = Math.max(timed.at(-1)?.piece ?? 0, findPiece(pieces, begin, finish));
    const piece = pieces[index];
    if (piece === undefined) continue;
    const start = Math.max(earliest, toFile(piece, begin, SLACK));
    const end = Math.max(start, toFile(piece, finish, SLACK));
    earliest = end;
    const probability = mean(logprobs.slice(from, to).map(Math.exp));
    timed.push({ start: seconds(start), end: seconds(end), text, probability, piece: index, from, to });
  }
  return timed;
}

/** To the millisecond: finer figures would only seem exact. */
const seconds = (samples: number): number => Math.round((samples / SAMPLE_RATE) * 1000) / 1000;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

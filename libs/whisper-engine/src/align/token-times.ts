import { SAMPLE_RATE } from '../audio/sample-rate.js';
import { firstColumns } from './dtw.js';
import { MedianFilter } from './median-filter.js';

/** Seconds of audio for each frame of the encoder. */
export const FRAME_SECONDS = 0.02;

/** Frames that hold sound. */
export const framesOf = (samples: number): number => Math.ceil(samples / (FRAME_SECONDS * SAMPLE_RATE));

/** Cross attention of the alignment heads over the frames that hold sound. */
export interface Attention {
  readonly heads: number;
  readonly frames: number;
  /** Weights of one head for one token, [frames]. */
  at(token: number, head: number): Float32Array;
}

/**
 * When each token begins, from the cross attention of the alignment heads (the method of Whisper's word timestamps: weights
 * normalised over the tokens of a frame, median over frames, mean over heads, then dynamic time warping).
 * @param tokens tokens of the prompt and the text
 * @returns a frame for each token after the prompt: its start; and the end of the last
 */
export function tokenFrames(attention: Attention, promptLength: number, tokens: number): Int32Array {
  const { heads, frames } = attention;
  // The row of the prompt's last token predicts the first token of the text.
  const firstRow = promptLength - 1;
  const rows = tokens - firstRow;
  const costs = new Float32Array(rows * frames);
  const filter = new MedianFilter(frames);
  const { row: normal } = filter;
  for (let head = 0; head < heads; head++) {
    const weights = Array.from({ length: tokens }, (_, token) => attention.at(token, head));
    const { factors, slopes, offsets } = statistics(weights, frames);
    for (const [row, weight] of weights.slice(firstRow).entries()) {
      const factor = factors[row + firstRow] ?? 0;
      for (let frame = 0; frame < frames; frame++) {
        normal[frame] = (weight[frame] ?? 0) * factor * (slopes[frame] ?? 0) - (offsets[frame] ?? 0);
      }
      // The mean over heads needs no division: the cheapest way is the same.
      filter.subtractFrom(costs, row * frames);
    }
  }
  return firstColumns(costs, rows, frames);
}

interface Statistics {
  /** One over the sum of each token's weights. */
  factors: Float64Array;
  /** Of each frame, over the tokens: one over the deviation, and the mean over the deviation. */
  slopes: Float64Array;
  offsets: Float64Array;
}

function statistics(weights: readonly Float32Array[], frames: number): Statistics {
  const factors = new Float64Array(weights.length);
  const sums = new Float64Array(frames);
  const squares = new Float64Array(frames);
  for (const [token, weight] of weights.entries()) {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += weight[frame] ?? 0;
    const factor = sum > 0 ? 1 / sum : 1;
    factors[token] = factor;
    for (let frame = 0; frame < frames; frame++) {
      const share = (weight[frame] ?? 0) * factor;
      sums[frame] = (sums[frame] ?? 0) + share;
      squares[frame] = (squares[frame] ?? 0) + share * share;
    }
  }
  const slopes = new Float64Array(frames);
  const offsets = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    const mean = (sums[frame] ?? 0) / weights.length;
    const variance = (squares[frame] ?? 0) / weights.length - mean * mean;
    const slope = 1 / Math.sqrt(Math.max(variance, 1e-20));
    slopes[frame] = slope;
    offsets[frame] = mean * slope;
  }
  return { factors, slopes, offsets };
}

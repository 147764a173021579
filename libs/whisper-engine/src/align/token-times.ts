import type { Tensor } from 'onnxruntime-node';
import { firstColumns } from './dtw.js';
import { medianFilter } from './median-filter.js';

/** Seconds of audio for each frame of the encoder. */
export const FRAME_SECONDS = 0.02;

/**
 * When each token begins, from the cross attention of the alignment heads (the method of Whisper's word timestamps: weights
 * normalised over the tokens of a frame, median over frames, mean over heads, then dynamic time warping).
 * @param attention f32 [1, heads, prompt + n tokens, frames], one for each layer with alignment heads
 * @param frames frames that hold sound; those behind them are left out
 * @returns n + 1 frames: the start of each token after the prompt, and the end of the last
 */
export function tokenFrames(attention: readonly Tensor[], promptLength: number, frames: number): Int32Array {
  const tokens = attention[0]?.dims[2] ?? 0;
  // The row of the prompt's last token predicts the first token of the text.
  const firstRow = promptLength - 1;
  const rows = tokens - firstRow;
  const costs = new Float32Array(rows * frames);
  for (const tensor of attention) {
    const [, heads = 0, , width = 0] = tensor.dims;
    const { data } = tensor;
    if (!(data instanceof Float32Array)) throw new TypeError('attention is made of floats');
    for (let head = 0; head < heads; head++) {
      const weights = data.subarray(head * tokens * width, (head + 1) * tokens * width);
      const normal = normalised(weights, tokens, width, frames);
      for (let row = 0; row < rows; row++) {
        const from = (row + firstRow) * frames;
        subtract(costs, row * frames, medianFilter(normal.subarray(from, from + frames)));
      }
    }
  }
  return firstColumns(costs, rows, frames);
}

/** The mean over heads needs no division: the cheapest way is the same. */
function subtract(costs: Float32Array, from: number, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) costs[from + i] = (costs[from + i] ?? 0) - (values[i] ?? 0);
}

/** [tokens, width] to [tokens, frames]: each row sums to 1 over the frames that hold sound, then mean 0 and deviation 1 in each frame. */
function normalised(weights: Float32Array, tokens: number, width: number, frames: number): Float32Array {
  const result = new Float32Array(tokens * frames);
  const sums = new Float64Array(frames);
  const squares = new Float64Array(frames);
  for (let token = 0; token < tokens; token++) {
    const row = weights.subarray(token * width, token * width + frames);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let frame = 0; frame < frames; frame++) {
      const value = (row[frame] ?? 0) / (total > 0 ? total : 1);
      result[token * frames + frame] = value;
      sums[frame] = (sums[frame] ?? 0) + value;
      squares[frame] = (squares[frame] ?? 0) + value * value;
    }
  }
  for (let frame = 0; frame < frames; frame++) {
    const mean = (sums[frame] ?? 0) / tokens;
    const deviation = Math.sqrt(Math.max((squares[frame] ?? 0) / tokens - mean * mean, 1e-20));
    for (let at = frame; at < result.length; at += frames) {
      result[at] = ((result[at] ?? 0) - mean) / deviation;
    }
  }
  return result;
}

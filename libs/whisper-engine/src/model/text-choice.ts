import type { Choice } from './whisper-graphs.js';

/** e to this power is nothing beside 1. */
const NEGLIGIBLE = -40;

/**
 * The most probable token of text.
 * @param logits of one row; ids from `end` on, the timestamps, don't take part
 * @param bias added to the logits
 */
export function chooseText(logits: Float32Array, bias: Float32Array, end: number): Choice {
  let token = 0;
  let highest = -Infinity;
  for (let id = 0; id < end; id++) {
    const value = (logits[id] ?? 0) + (bias[id] ?? 0);
    if (value > highest) {
      highest = value;
      token = id;
    }
  }
  let total = 0;
  for (let id = 0; id < end; id++) {
    const below = (logits[id] ?? 0) + (bias[id] ?? 0) - highest;
    if (below > NEGLIGIBLE) total += Math.exp(below);
  }
  return { token, logprob: -Math.log(total) };
}

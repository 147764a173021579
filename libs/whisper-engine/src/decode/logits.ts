/** Highest value of logits[from .. to). */
export function highest(logits: Float32Array, from = 0, to = logits.length): number {
  let most = -Infinity;
  for (let id = from; id < to; id++) most = Math.max(most, logits[id] ?? -Infinity);
  return most;
}

/** log(sum(exp(logits / temperature))) over logits[from .. to); -Infinity where nothing is possible. */
export function logSumExp(logits: Float32Array, from = 0, to = logits.length, temperature = 1): number {
  const most = highest(logits, from, to) / temperature;
  if (most === -Infinity) return most;
  let sum = 0;
  for (let id = from; id < to; id++) sum += Math.exp((logits[id] ?? -Infinity) / temperature - most);
  return most + Math.log(sum);
}

/** The id with the highest logit; the first of equals. */
export function argMax(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) {
    if ((logits[id] ?? -Infinity) > (logits[best] ?? -Infinity)) best = id;
  }
  return best;
}

/** The `count` ids with the highest logits, highest first. */
export function topIds(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? -Infinity;
    if (best.length === count && logit <= (logits[best[count - 1] ?? 0] ?? -Infinity)) continue;
    let at = best.length;
    while (at > 0 && (logits[best[at - 1] ?? 0] ?? -Infinity) < logit) at--;
    best.splice(at, 0, id);
    best.length = Math.min(best.length, count);
  }
  return best;
}

/** Draws an id with the probabilities softmax(logits / temperature). */
export function draw(logits: Float32Array, temperature: number, random: () => number): number {
  const total = logSumExp(logits, 0, logits.length, temperature);
  let left = random();
  for (let id = 0; id < logits.length; id++) {
    left -= Math.exp((logits[id] ?? -Infinity) / temperature - total);
    if (left < 0) return id;
  }
  return argMax(logits);
}

/** Numbers from 0 up to 1 that only depend on the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

import type { JsonObject } from './json-file.js';

/** Heads by layer, both in order. */
export type AlignmentHeads = ReadonlyMap<number, readonly number[]>;

/**
 * Heads whose cross attention follows the sound. A model that does not name them is taken to have them anywhere in the upper half
 * of its layers, as in Whisper itself.
 * @param generation content of generation_config.json
 */
export function alignmentHeads(generation: JsonObject, layers: number, heads: number): AlignmentHeads {
  const named = generation['alignment_heads'];
  const pairs = Array.isArray(named) ? named.filter(isPair) : [];
  const known = pairs.filter(([layer, head]) => layer < layers && head < heads);
  const byLayer = new Map<number, number[]>();
  for (const [layer, head] of known.length > 0 ? known : upperHalf(layers, heads)) {
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), head]);
  }
  return new Map(
    [...byLayer].sort(([a], [b]) => a - b).map(([layer, list]) => [layer, list.sort((a, b) => a - b)]),
  );
}

const isPair = (value: unknown): value is [number, number] =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((item) => Number.isInteger(item) && Number(item) >= 0);

function upperHalf(layers: number, heads: number): [number, number][] {
  const first = Math.floor(layers / 2);
  return Array.from({ length: (layers - first) * heads }, (_, index) => [
    first + Math.floor(index / heads),
    index % heads,
  ]);
}

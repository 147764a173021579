/** Values of an embedding. */
export const EMBEDDING_SIZE = 192;
/** Largest magnitude of a value in 8 bits. */
const LARGEST = 127;

/**
 * How alike two voices are: the cosine of the angle between their embeddings, 1 for the same. Recordings of one person are mostly above
 * 0.5, of two people below.
 */
export function similarity(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let sizeA = 0;
  let sizeB = 0;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    dot += x * y;
    sizeA += x * x;
    sizeB += y * y;
  }
  return sizeA === 0 || sizeB === 0 ? 0 : dot / Math.sqrt(sizeA * sizeB);
}

/** The same direction with length 1; nothing stays nothing. */
export function normalised(values: Iterable<number> & ArrayLike<number>): Float32Array {
  let squares = 0;
  for (const value of values) squares += value * value;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  return Float32Array.from(values, (value) => value * scale);
}

/** An embedding in a quarter of the memory, less its length. */
export function packEmbedding(values: Float32Array): Int8Array {
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Int8Array.from(values, (value) => (peak === 0 ? 0 : Math.round((value / peak) * LARGEST)));
}

/** Length 1. */
export const unpackEmbedding = (packed: Int8Array): Float32Array => normalised(packed);

/** The direction of several embeddings, weighted. */
export function centre(embeddings: readonly { values: Float32Array; weight: number }[]): Float32Array {
  const sum = new Float64Array(EMBEDDING_SIZE);
  for (const { values, weight } of embeddings) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (values[i] ?? 0) * weight;
  }
  return normalised(sum);
}

/** A group of voices: the sum of their embeddings, each times its weight, and the sum of the weights. */
export interface VoiceGroup {
  sum: Float32Array;
  weight: number;
}

/** The groups at `into` and `from` are one from here on, at the place of `into`. */
export interface Merge {
  into: number;
  from: number;
  /** Cosine between the two. */
  similarity: number;
}

/**
 * Agglomerative clustering: joins the two most similar groups, again and again, until `fewest` are left. Similarity is the cosine between the
 * sums. Takes time with the square of the number of groups, and memory too: the most similar one of each group is kept, after M. R.
 * Anderberg (Cluster Analysis for Applications, 1973), as D. Müllner describes it among others (arXiv:1109.2378).
 * @param groups with sums [192]
 * @returns merges in the order in which they are made; places are those in `groups`
 */
export function agglomerate(groups: readonly VoiceGroup[], fewest: number): Merge[] {
  return new Agglomeration(groups).mergeDownTo(fewest);
}

class Agglomeration {
  private readonly sums: Float32Array[];
  private readonly sizes: Float64Array;
  private readonly alive: Uint8Array;
  /** Similarity of each pair [count, count]. */
  private readonly pairs: Float32Array;
  /** Of each group the most similar one. */
  private readonly nearest: Int32Array;

  constructor(groups: readonly VoiceGroup[]) {
    const count = groups.length;
    this.sums = groups.map(({ sum }) => Float32Array.from(sum));
    this.sizes = Float64Array.from(this.sums, (sum) => Math.sqrt(dot(sum, sum)));
    this.alive = new Uint8Array(count).fill(1);
    this.pairs = new Float32Array(count * count).fill(-Infinity);
    this.nearest = new Int32Array(count).fill(-1);
    for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) this.compare(a, b);
    for (let a = 0; a < count; a++) this.findNearest(a);
  }

  mergeDownTo(fewest: number): Merge[] {
    const merges: Merge[] = [];
    for (let left = this.sums.length; left > Math.max(1, fewest); left--) {
      const a = this.best();
      const b = this.nearest[a] ?? -1;
      if (b < 0) break;
      const [into, from] = a < b ? [a, b] : [b, a];
      merges.push({ into, from, similarity: this.pair(into, from) });
      this.join(into, from);
    }
    return merges;
  }

  private join(into: number, from: number): void {
    const sum = this.sums[into];
    const other = this.sums[from];
    if (sum === undefined || other === undefined) return;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (other[i] ?? 0);
    this.sizes[into] = Math.sqrt(dot(sum, sum));
    this.alive[from] = 0;
    for (let c = 0; c < this.sums.length; c++) if (this.alive[c] === 1 && c !== into) this.compare(into, c);
    for (let c = 0; c < this.sums.length; c++) {
      if (this.alive[c] !== 1) continue;
      const nearest = this.nearest[c];
      if (c === into || nearest === into || nearest === from) this.findNearest(c);
      else if (this.pair(c, into) > this.pair(c, nearest ?? -1)) this.nearest[c] = into;
    }
  }

  private best(): number {
    let best = -1;
    let most = -Infinity;
    for (let a = 0; a < this.sums.length; a++) {
      const similarity = this.alive[a] === 1 ? this.pair(a, this.nearest[a] ?? -1) : -Infinity;
      if (best < 0 ? this.alive[a] === 1 : similarity > most) [best, most] = [a, similarity];
    }
    return best;
  }

  private compare(a: number, b: number): void {
    const [x, y] = [this.sums[a], this.sums[b]];
    if (x === undefined || y === undefined) return;
    const size = (this.sizes[a] ?? 0) * (this.sizes[b] ?? 0);
    const similarity = size === 0 ? 0 : dot(x, y) / size;
    this.pairs[a * this.sums.length + b] = similarity;
    this.pairs[b * this.sums.length + a] = similarity;
  }

  private findNearest(a: number): void {
    let nearest = -1;
    for (let b = 0; b < this.sums.length; b++) {
      if (b === a || this.alive[b] !== 1) continue;
      if (nearest < 0 || this.pair(a, b) > this.pair(a, nearest)) nearest = b;
    }
    this.nearest[a] = nearest;
  }

  private pair(a: number, b: number): number {
    return b < 0 ? -Infinity : (this.pairs[a * this.sums.length + b] ?? -Infinity);
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

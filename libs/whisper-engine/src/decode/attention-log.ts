import type { Tensor } from 'onnxruntime-node';

/** Cross attention of the alignment heads of one row, token after token as they are fed to the decoder. */
export class AttentionLog {
  /** [token, head, frame] */
  private weights = new Float32Array(0);
  private length = 0;
  private width = 0;

  constructor(readonly heads: number) {}

  /** Forgets everything, for another row. @param frames frames that hold sound; those behind them are left out */
  reset(frames: number): void {
    this.length = 0;
    this.width = frames;
  }

  get frames(): number {
    return this.width;
  }

  get tokens(): number {
    return this.length;
  }

  /**
   * Adds what one step wrote.
   * @param layers f32 [rows, heads, new tokens, frames], an entry for each layer that has alignment heads
   * @param row the place in these tensors that the row has
   * @param skip tokens at the beginning of the step that are of no account
   */
  add(layers: readonly Tensor[], row: number, skip = 0): void {
    const tokens = layers[0]?.dims[2] ?? 0;
    this.grow(this.length + tokens - skip);
    let first = 0;
    for (const { data, dims } of layers) {
      const [, heads = 0, , width = 0] = dims;
      if (!(data instanceof Float32Array)) throw new TypeError('attention is made of floats');
      for (let head = 0; head < heads; head++) {
        for (let token = skip; token < tokens; token++) {
          const from = ((row * heads + head) * tokens + token) * width;
          const to = this.offset(this.length + token - skip, first + head);
          this.weights.set(data.subarray(from, from + this.width), to);
        }
      }
      first += heads;
    }
    this.length += tokens - skip;
  }

  /** Weights of one head for one token, [frames]. */
  at(token: number, head: number): Float32Array {
    const from = this.offset(token, head);
    return this.weights.subarray(from, from + this.width);
  }

  private offset(token: number, head: number): number {
    return (token * this.heads + head) * this.width;
  }

  private grow(tokens: number): void {
    const size = tokens * this.heads * this.width;
    if (size <= this.weights.length) return;
    const weights = new Float32Array(Math.max(size, 2 * this.weights.length));
    weights.set(this.weights);
    this.weights = weights;
  }
}

import { Tensor } from 'onnxruntime-node';

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Memory that graphs write their outputs into, used again and again: fresh memory in every step would keep the garbage
 * collector and the operating system busy for a tenth of the whole time.
 */
export class TensorMemory {
  private readonly arrays = new Map<string, Float32Array>();

  /** Float tensors of one shape. What they held before, and tensors made here earlier under the same names, are good no more. */
  tensors(names: readonly string[], dims: readonly number[]): Tensors {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return Object.fromEntries(
      names.map((name) => [name, new Tensor('float32', this.array(name, size).subarray(0, size), dims)]),
    );
  }

  private array(name: string, size: number): Float32Array {
    const known = this.arrays.get(name);
    if (known !== undefined && known.length >= size) return known;
    // Caches grow by a little in each step.
    const array = new Float32Array(known === undefined ? size : Math.max(size, 2 * known.length));
    this.arrays.set(name, array);
    return array;
  }
}

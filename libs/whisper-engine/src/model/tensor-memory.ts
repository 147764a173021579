import { Tensor } from 'onnxruntime-node';

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Memory that graphs write their outputs into, used again and again: fresh memory in every step would keep the garbage
 * collector and the operating system busy for a tenth of the whole time.
 */
export class TensorMemory {
  private readonly buffers = new Map<string, ArrayBuffer>();

  /** Tensors of one shape. What they held before, and tensors made here earlier under the same names, are good no more. */
  tensors(names: readonly string[], dims: readonly number[], type: 'float32' | 'int8' = 'float32'): Tensors {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return Object.fromEntries(
      names.map((name) => [
        name,
        type === 'int8'
          ? new Tensor(type, new Int8Array(this.buffer(name, size), 0, size), dims)
          : new Tensor(type, new Float32Array(this.buffer(name, 4 * size), 0, size), dims),
      ]),
    );
  }

  private buffer(name: string, bytes: number): ArrayBuffer {
    const known = this.buffers.get(name);
    if (known !== undefined && known.byteLength >= bytes) return known;
    // Caches grow by a little in each step.
    const buffer = new ArrayBuffer(known === undefined ? bytes : Math.max(bytes, 2 * known.byteLength));
    this.buffers.set(name, buffer);
    return buffer;
  }
}

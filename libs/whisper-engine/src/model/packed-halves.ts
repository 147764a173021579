import { Tensor } from 'onnxruntime-node';

/*
 * Between two steps the caches of a graph in half precision travel as floats, two values in each. Rows can then be viewed, copied and
 * removed like those of any other cache, in half the memory and without a conversion.
 */

/** Halves that lie in a row of this many floats. */
export const HALVES = 2;

/** A float16 tensor over the memory of a packed one: [..., n] floats are [..., 2n] halves. */
export function unpacked(packed: Tensor): Tensor {
  const { data, dims } = packed;
  if (!(data instanceof Float32Array)) throw new TypeError('packed halves lie in floats');
  const last = dims.at(-1) ?? 0;
  return halfTensor(new Uint16Array(data.buffer, data.byteOffset, data.length * HALVES), [
    ...dims.slice(0, -1),
    last * HALVES,
  ]);
}

/** A tensor of 16-bit patterns that ONNX Runtime can read and write on every version of Node. */
export function halfTensor(halves: Uint16Array, dims: readonly number[]): Tensor {
  const tensor = new Tensor('float16', halves, dims);
  // Where there is a Float16Array the tensor has made one of it, and the runtime knows no such thing.
  Object.defineProperty(tensor, 'data', { value: halves });
  return tensor;
}

/** The 16-bit patterns of a float16 tensor, whatever it was made of. */
export function halvesOf({ data }: Tensor): Uint16Array {
  if (!ArrayBuffer.isView(data) || data.BYTES_PER_ELEMENT !== Uint16Array.BYTES_PER_ELEMENT) {
    throw new TypeError('the tensor is not made of halves');
  }
  return new Uint16Array(data.buffer, data.byteOffset, data.length);
}

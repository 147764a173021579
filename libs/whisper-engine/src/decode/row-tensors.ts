import { Tensor } from 'onnxruntime-node';
import type { Tensors } from '../model/tensor-memory.js';

/** Float tensors whose first axis is the row of a batch. */
function floatData(tensor: Tensor): Float32Array {
  if (!(tensor.data instanceof Float32Array)) throw new TypeError('rows are made of floats');
  return tensor.data;
}

function mapRows(
  tensors: Tensors,
  change: (data: Float32Array, size: number, rows: number) => { data: Float32Array; rows: number },
): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const [rows = 1, ...rest] = tensor.dims;
      const changed = change(floatData(tensor), tensor.size / rows, rows);
      return [name, new Tensor('float32', changed.data, [changed.rows, ...rest])];
    }),
  );
}

/** Rows `from` up to, not including, `from + count` as a batch of their own: a view, good until rows are removed. */
export function viewRows(tensors: Tensors, from: number, count = 1): Tensors {
  return mapRows(tensors, (data, size) => ({
    data: data.subarray(from * size, (from + count) * size),
    rows: count,
  }));
}

/** The same in memory of its own. */
export function copyRows(tensors: Tensors): Tensors {
  return mapRows(tensors, (data, _, rows) => ({ data: data.slice(), rows }));
}

/** The batch without the `count` rows from `from` on, a multiple of `count`; the last as many take their place, in the same memory. */
export function removeRows(tensors: Tensors, from: number, count = 1): Tensors {
  return mapRows(tensors, (data, size, rows) => {
    const last = rows - count;
    if (from !== last) data.copyWithin(from * size, last * size, rows * size);
    return { data: data.subarray(0, last * size), rows: last };
  });
}

/** Each row `times` times, side by side, in memory of its own. */
export function repeatRows(tensors: Tensors, times: number): Tensors {
  if (times === 1) return tensors;
  return mapRows(tensors, (data, size, rows) => {
    const repeated = new Float32Array(rows * times * size);
    for (let row = 0; row < rows * times; row++) {
      const from = Math.floor(row / times) * size;
      repeated.set(data.subarray(from, from + size), row * size);
    }
    return { data: repeated, rows: rows * times };
  });
}

/** Puts row `order[i]` in place i, in the same memory. */
export function orderRows(tensors: Tensors, order: readonly number[]): Tensors {
  if (order.every((from, to) => from === to)) return tensors;
  return mapRows(tensors, (data, size, rows) => {
    const before = data.slice();
    order.forEach((from, to) => {
      if (from !== to) data.set(before.subarray(from * size, (from + 1) * size), to * size);
    });
    return { data, rows };
  });
}

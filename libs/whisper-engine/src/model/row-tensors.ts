import { Tensor } from 'onnxruntime-node';
import type { Tensors } from './tensor-memory.js';

type RowData = Float32Array | Int8Array;

/** Tensors whose first axis is the row of a batch. */
function rowData({ data, type }: Tensor): RowData {
  if (data instanceof Float32Array || data instanceof Int8Array) return data;
  throw new TypeError(`rows are not made of ${type}`);
}

const tensorOver = (data: RowData, dims: readonly number[]): Tensor =>
  data instanceof Int8Array ? new Tensor('int8', data, dims) : new Tensor('float32', data, dims);

function mapRows(
  tensors: Tensors,
  change: (data: RowData, size: number, rows: number) => { data: RowData; rows: number },
): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const [rows = 1, ...rest] = tensor.dims;
      const changed = change(rowData(tensor), tensor.size / rows, rows);
      return [name, tensorOver(changed.data, [changed.rows, ...rest])];
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
    const length = rows * times * size;
    const repeated = data instanceof Int8Array ? new Int8Array(length) : new Float32Array(length);
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

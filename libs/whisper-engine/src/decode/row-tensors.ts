import { Tensor } from 'onnxruntime-node';
import type { Tensors } from '../model/tensor-memory.js';

/** Float tensors whose first axis is the row of a batch. */
function floatData(tensor: Tensor): Float32Array {
  if (!(tensor.data instanceof Float32Array)) throw new TypeError('rows are made of floats');
  return tensor.data;
}

function mapTensors(tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}

/** One row as a batch of its own: a view, good until rows are removed. */
export function viewRow(tensors: Tensors, row: number): Tensors {
  return mapTensors(tensors, (tensor) => {
    const [rows = 1, ...rest] = tensor.dims;
    const size = tensor.size / rows;
    return new Tensor('float32', floatData(tensor).subarray(row * size, (row + 1) * size), [1, ...rest]);
  });
}

/** The batch without one row; the last row takes its place, in the same memory. */
export function removeRow(tensors: Tensors, row: number): Tensors {
  return mapTensors(tensors, (tensor) => {
    const [rows = 1, ...rest] = tensor.dims;
    const size = tensor.size / rows;
    const data = floatData(tensor);
    if (row !== rows - 1) data.copyWithin(row * size, (rows - 1) * size, rows * size);
    return new Tensor('float32', data.subarray(0, (rows - 1) * size), [rows - 1, ...rest]);
  });
}

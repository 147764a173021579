import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { orderRows, removeRows, repeatRows, viewRows } from './row-tensors.js';

const rows = (...values: number[][]): { t: Tensor } => ({
  t: new Tensor('float32', Float32Array.from(values.flat()), [values.length, 1, 2]),
});

const values = (tensors: Readonly<Record<string, Tensor>>): number[] => [
  ...(tensors['t']?.data as Float32Array),
];

describe('rows of tensors', () => {
  it('can be seen one by one', () => {
    const view = viewRows(rows([1, 2], [3, 4]), 1);
    expect(view['t']?.dims).toEqual([1, 1, 2]);
    expect(values(view)).toEqual([3, 4]);
  });

  it('are removed by moving the last one into their place', () => {
    const rest = removeRows(rows([1, 2], [3, 4], [5, 6]), 0);
    expect(rest['t']?.dims).toEqual([2, 1, 2]);
    expect(values(rest)).toEqual([5, 6, 3, 4]);
    expect(values(removeRows(rest, 1))).toEqual([5, 6]);
  });

  it('may be made of small integers', () => {
    const tensors = { t: new Tensor('int8', Int8Array.of(1, 2, 3, 4), [2, 2]) };
    expect(viewRows(tensors, 1)['t']?.data).toEqual(Int8Array.of(3, 4));
    expect(repeatRows(tensors, 2)['t']?.data).toEqual(Int8Array.of(1, 2, 1, 2, 3, 4, 3, 4));
    expect(removeRows(tensors, 0)['t']?.data).toEqual(Int8Array.of(3, 4));
  });

  it('are removed by the group', () => {
    const rest = removeRows(rows([1, 1], [2, 2], [3, 3], [4, 4]), 0, 2);
    expect(values(rest)).toEqual([3, 3, 4, 4]);
  });

  it('are repeated side by side', () => {
    const repeated = repeatRows(rows([1, 2], [3, 4]), 2);
    expect(repeated['t']?.dims).toEqual([4, 1, 2]);
    expect(values(repeated)).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
  });

  it('are put into another order, some of them twice', () => {
    expect(values(orderRows(rows([1, 1], [2, 2], [3, 3]), [1, 0, 0]))).toEqual([2, 2, 1, 1, 1, 1]);
  });
});

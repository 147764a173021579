import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { removeRow, viewRow } from './row-tensors.js';

const rows = (...values: number[][]): { t: Tensor } => ({
  t: new Tensor('float32', Float32Array.from(values.flat()), [values.length, 1, 2]),
});

const values = (tensors: Readonly<Record<string, Tensor>>): number[] => [
  ...(tensors['t']?.data as Float32Array),
];

describe('rows of tensors', () => {
  it('can be seen one by one', () => {
    const view = viewRow(rows([1, 2], [3, 4]), 1);
    expect(view['t']?.dims).toEqual([1, 1, 2]);
    expect(values(view)).toEqual([3, 4]);
  });

  it('are removed by moving the last one into their place', () => {
    const rest = removeRow(rows([1, 2], [3, 4], [5, 6]), 0);
    expect(rest['t']?.dims).toEqual([2, 1, 2]);
    expect(values(rest)).toEqual([5, 6, 3, 4]);
    expect(values(removeRow(rest, 1))).toEqual([5, 6]);
  });
});

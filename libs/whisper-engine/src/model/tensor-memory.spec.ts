import { describe, expect, it } from '@jest/globals';
import { TensorMemory } from './tensor-memory.js';

describe('TensorMemory', () => {
  it('uses the same memory for the same name', () => {
    const memory = new TensorMemory();
    const first = memory.tensors(['a'], [2, 3])['a'];
    const second = memory.tensors(['a'], [1, 4])['a'];
    expect(second?.dims).toEqual([1, 4]);
    expect((second?.data as Float32Array).buffer).toBe((first?.data as Float32Array).buffer);
  });

  it('has small integers as well', () => {
    const { a } = new TensorMemory().tensors(['a'], [2, 3], 'int8');
    expect(a?.data).toEqual(new Int8Array(6));
  });

  it('keeps names apart and grows with what is asked for', () => {
    const memory = new TensorMemory();
    const { a, b } = memory.tensors(['a', 'b'], [2]);
    expect((a?.data as Float32Array).buffer).not.toBe((b?.data as Float32Array).buffer);
    expect(memory.tensors(['a'], [100])['a']?.data).toHaveLength(100);
  });
});

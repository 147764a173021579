import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { AttentionLog } from './attention-log.js';

/** [rows, heads, tokens, frames], counted up from `first`. */
function layer(first: number, ...dims: [number, number, number, number]): Tensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return new Tensor(
    'float32',
    Float32Array.from({ length: size }, (_, i) => first + i),
    dims,
  );
}

const at = (log: AttentionLog, token: number, head: number): number[] => [...log.at(token, head)];

describe('AttentionLog', () => {
  it('strings the steps of one row together, the heads of all layers side by side', () => {
    const log = new AttentionLog(3);
    log.reset(2);
    log.add([layer(0, 2, 1, 2, 4), layer(100, 2, 2, 2, 4)], 1);
    log.add([layer(200, 1, 1, 1, 4), layer(300, 1, 2, 1, 4)], 0);
    expect(at(log, 0, 0)).toEqual([8, 9]);
    expect(at(log, 1, 0)).toEqual([12, 13]);
    expect(at(log, 0, 1)).toEqual([116, 117]);
    expect(at(log, 1, 1)).toEqual([120, 121]);
    expect(at(log, 0, 2)).toEqual([124, 125]);
    expect(at(log, 2, 0)).toEqual([200, 201]);
    expect(at(log, 2, 2)).toEqual([304, 305]);
  });

  it('starts anew for another row', () => {
    const log = new AttentionLog(1);
    log.reset(3);
    log.add([layer(0, 1, 1, 5, 3)], 0);
    log.reset(2);
    log.add([layer(50, 1, 1, 1, 3)], 0);
    expect(at(log, 0, 0)).toEqual([50, 51]);
  });

  it('has nothing to keep for a model without such heads', () => {
    const log = new AttentionLog(0);
    log.reset(2);
    log.add([], 0);
    expect(log.heads).toBe(0);
  });
});

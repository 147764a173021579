import { describe, expect, it } from '@jest/globals';
import { totalmem } from 'node:os';
import { memoryLimit, type MemorySources } from './memory-limit.js';

const GIB = 1024 ** 3;
/** What version 1 of control groups and Node say where there is no limit. */
const NONE_V1 = '9223372036854771712\n';
const NONE_NODE = 2 ** 64;

const limit = (sources: Partial<MemorySources>): number =>
  memoryLimit({ total: 16 * GIB, constrained: 0, files: [], ...sources });

describe('memoryLimit', () => {
  it('is the memory of the machine where nothing else limits it', () => {
    expect(limit({})).toBe(16 * GIB);
    expect(limit({ constrained: NONE_NODE, files: ['max\n', NONE_V1] })).toBe(16 * GIB);
  });

  it('is that of the control group where that is less', () => {
    expect(limit({ files: [`${2 * GIB}\n`] })).toBe(2 * GIB);
    expect(limit({ files: [NONE_V1, `${3 * GIB}\n`] })).toBe(3 * GIB);
    expect(limit({ constrained: GIB, files: [`${2 * GIB}\n`] })).toBe(GIB);
  });

  it('does not go by what cannot be read', () => {
    expect(limit({ files: ['', 'nonsense'] })).toBe(16 * GIB);
  });

  it('is found for this process', () => {
    expect(memoryLimit()).toBeGreaterThan(0);
    expect(memoryLimit()).toBeLessThanOrEqual(totalmem());
  });
});

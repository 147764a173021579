import { expect, it } from '@jest/globals';
import { memoryUse, readMemoryUse, type MemoryFigures } from './memory-use.js';

const GIB = 2 ** 30;
const STAT = `anon ${GIB}\nfile ${2 * GIB}\ninactive_file ${GIB}\nactive_file ${GIB}\n`;

it.each<[string, MemoryFigures, number]>([
  ['of a machine', { total: 8 * GIB, constrained: 0, available: 2 * GIB, stat: STAT }, 0.75],
  [
    'where the limit is above all',
    { total: 8 * GIB, constrained: 2 ** 63, available: 2 * GIB, stat: '' },
    0.75,
  ],
  [
    'of a container, without what it read of files',
    { total: 8 * GIB, constrained: 4 * GIB, available: GIB, stat: STAT },
    0.5,
  ],
  [
    'of a container that tells no more',
    { total: 8 * GIB, constrained: 4 * GIB, available: GIB, stat: '' },
    0.75,
  ],
  ['never below nothing', { total: 8 * GIB, constrained: GIB, available: GIB, stat: STAT }, 0],
])('memory in use %s', (_where, figures, use) => {
  expect(memoryUse(figures)).toBe(use);
});

it('memory in use is read of this machine', async () => {
  const use = await readMemoryUse();

  expect(use).toBeGreaterThan(0);
  expect(use).toBeLessThan(1);
});

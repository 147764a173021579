import { describe, expect, it } from '@jest/globals';
import { firstColumns } from '../../src/align/dtw.js';
import { MedianFilter } from '../../src/align/median-filter.js';
import { truth } from '../truths/truth.js';

interface Times {
  median: { row: number[]; filtered: number[] }[];
  ways: { rows: number; columns: number; costs: number[]; first: number[] }[];
}

const { median, ways } = truth('times') as Times;

describe('the median filter', () => {
  it.each(median.map((one) => ({ ...one, length: one.row.length })))(
    'gives what openai-whisper gives for $length values',
    ({ row, filtered }) => {
      const filter = new MedianFilter(row.length);
      filter.row.set(row);
      const result = new Float32Array(row.length);
      filter.subtractFrom(result, 0);
      expect(result.map((value) => 0 - value)).toEqual(Float32Array.from(filtered));
    },
  );
});

describe('dynamic time warping', () => {
  it.each(ways)('goes the way of openai-whisper through $rows rows of $columns', (one) => {
    const { costs, rows, columns, first } = one;
    expect([...firstColumns(Float32Array.from(costs), rows, columns)]).toEqual(first);
  });
});

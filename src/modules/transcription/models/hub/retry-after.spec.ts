import { describe, expect, it } from '@jest/globals';
import { readRetryAfter } from './retry-after.js';

const NOW = new Date('2026-11-24T12:00:00Z');

describe('readRetryAfter', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{ ratelimit: '"api";r=0;t=55' }, 55],
    [{ 'retry-after': '3', ratelimit: '"api";r=0;t=55' }, 3],
    [{ ratelimit: '"api";r=0' }, undefined],
    [{}, undefined],
  ])('reads %j as %p', (headers, seconds) => {
    expect(readRetryAfter(new Headers(headers), NOW)).toBe(seconds);
  });
});

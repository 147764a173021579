import { describe, expect, it } from '@jest/globals';
import { bucketsUntil } from './time-buckets.js';

const HOUR = 3600;

describe('buckets', () => {
  it('begin at even times and end with the one that now is in', () => {
    expect(bucketsUntil(new Date('2026-11-28T10:59:59.999Z'), HOUR, 3)).toEqual({
      from: new Date('2026-11-28T08:00:00Z'),
      stepSeconds: HOUR,
      count: 3,
    });
  });

  it('are others when the next one begins', () => {
    expect(bucketsUntil(new Date('2026-11-28T11:00:00Z'), HOUR, 3).from).toEqual(
      new Date('2026-11-28T09:00:00Z'),
    );
  });
});

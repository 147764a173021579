import { describe, expect, it } from '@jest/globals';
import { mediaRetention } from './media-retention.js';

describe('MEDIA_RETENTION', () => {
  it.each([
    ['keep', null],
    ['after-job', 0],
    ['1d', 1],
    ['30d', 30],
    ['3650d', 3650],
  ])('%s is understood', (raw, value) => {
    expect(mediaRetention(raw)).toEqual({ value });
  });

  it.each(['0d', '3651d', '30', '30h', '-1d', '1.5d', '030d', 'after_job', 'Keep', 'd', '99999d'])(
    '%s is refused',
    (raw) => {
      expect(mediaRetention(raw)).toEqual({ problem: expect.stringContaining('after-job') });
    },
  );
});

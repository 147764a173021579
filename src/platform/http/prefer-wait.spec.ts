import { describe, expect, it } from '@jest/globals';
import { parsePreferWait } from './prefer-wait.js';

describe('parsePreferWait', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['respond-async', 0],
    ['wait=60', 60],
    ['respond-async, wait=10', 10],
    ['wait="5"; x=1', 5],
    ['wait=0', 0],
    ['wait=86400', 300],
  ])('reads %p as %d seconds', (header, seconds) => {
    expect(parsePreferWait(header)).toBe(seconds);
  });

  it.each(['wait', 'wait=', 'wait=soon', 'wait=-1', 'wait=1.5'])('refuses %p', (header) => {
    expect(() => parsePreferWait(header)).toThrow(/whole seconds/);
  });
});

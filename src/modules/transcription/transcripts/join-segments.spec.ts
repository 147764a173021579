import { describe, expect, it } from '@jest/globals';
import { joinSegments } from './join-segments.js';

describe('joinSegments', () => {
  const segments = [{ text: 'one' }, { text: 'two' }];

  it('puts a space between sentences', () => {
    expect(joinSegments(segments, 'en')).toBe('one two');
    expect(joinSegments(segments, null)).toBe('one two');
  });

  it('puts none where the language has none', () => {
    expect(joinSegments([{ text: '你好。' }, { text: '世界。' }], 'zh')).toBe('你好。世界。');
  });
});

import { describe, expect, it } from '@jest/globals';
import { exportName, FileNames } from './file-names.js';

describe('the name of an export', () => {
  it.each([
    ['interview.mp3', 'interview.srt'],
    ['talk', 'talk.srt'],
    ['.hidden', '.hidden.srt'],
    ['a.b.wav', 'a.b.srt'],
  ])('of %s is %s', (name, expected) => {
    expect(exportName(name, 'srt')).toBe(expected);
  });

  it('is given once', () => {
    const names = new FileNames();

    expect(['talk.srt', 'Talk.srt', 'talk (2).srt', 'talk.srt'].map((name) => names.take(name))).toEqual([
      'talk.srt',
      'Talk (2).srt',
      'talk (2) (2).srt',
      'talk (3).srt',
    ]);
  });
});

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

  it('is short enough for file systems, and ends with a whole letter', () => {
    expect(exportName(`${'a'.repeat(251)}.mp3`, 'srt')).toBe(`${'a'.repeat(200)}.srt`);
    // A family of 25 bytes, of which eight make 200.
    expect(exportName('👨‍👩‍👧‍👦'.repeat(10), 'txt')).toBe(`${'👨‍👩‍👧‍👦'.repeat(8)}.txt`);
    expect(exportName('ü'.repeat(120), 'vtt')).toBe(`${'ü'.repeat(100)}.vtt`);
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

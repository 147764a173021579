import { describe, expect, it } from '@jest/globals';
import { findAll, findPhrases, readMarks } from './highlights.js';

describe('highlights', () => {
  it('are the places of marks in the text without them', () => {
    expect(readMarks('a \u0002bc\u0003 <b>\u0002d\u0003')).toEqual({
      text: 'a bc <b>d',
      highlights: [
        { start: 2, end: 4 },
        { start: 8, end: 9 },
      ],
    });
    expect(readMarks('plain')).toEqual({ text: 'plain', highlights: [] });
  });

  it('of a phrase are whole words, whatever is between them', () => {
    expect(findPhrases('A park. Barton-Park, Barton Parks, barton park', ['barton park'])).toEqual([
      { start: 8, end: 19 },
      { start: 35, end: 46 },
    ]);
    expect(findPhrases('park of Barton', ['park barton'])).toEqual([]);
    expect(findPhrases('a park.', ['park', '!?'])).toEqual([{ start: 2, end: 6 }]);
    expect(findPhrases('a park.', ['!?'])).toEqual([]);
  });

  it('are found in whatever case, whatever signs they have', () => {
    expect(findAll('你好世界。A.b a.B', ['世界', 'a.b'])).toEqual([
      { start: 2, end: 4 },
      { start: 5, end: 8 },
      { start: 9, end: 12 },
    ]);
    expect(findAll('axb', ['a.b'])).toEqual([]);
  });
});

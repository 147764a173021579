import { describe, expect, it } from '@jest/globals';
import { tidyWords } from './tidy-words.js';
import type { TimedWord } from './timed-words.js';

function words(...parts: [text: string, start: number, end: number, piece?: number][]): TimedWord[] {
  return parts.map(([text, start, end, piece = 0], from) => ({
    text,
    start,
    end,
    probability: 1,
    piece,
    from,
    to: from + 1,
  }));
}

const times = (timed: readonly TimedWord[]): number[][] => timed.map(({ start, end }) => [start, end]);

describe('tidyWords', () => {
  it('leaves words of a usual length alone', () => {
    const said = words([' He', 0, 0.2], [' was', 0.2, 0.4], [' not.', 0.4, 0.7]);
    expect(tidyWords(said)).toEqual(said);
  });

  it('shortens the first word of a sentence from the front and the last from behind', () => {
    const said = words(
      [' Yes.', 1, 4],
      [' He', 4, 9],
      [' was', 9, 9.3],
      [' not', 9.3, 9.6],
      [' so', 9.6, 9.9],
    );
    expect(times(tidyWords(said)).slice(0, 2)).toEqual([
      [1, 1.6],
      [8.4, 9],
    ]);
  });

  it('takes the first word behind a silence for a beginning', () => {
    const said = words([' a', 0, 0.3], [' b', 0.3, 0.6], [' c', 5, 7, 1], [' d', 7, 7.3, 1]);
    expect(times(tidyWords(said))[2]).toEqual([6.4, 7]);
  });

  it('lets no word last longer than two seconds', () => {
    const said = words([' a', 0, 0.5], [' b', 0.5, 5], [' c', 5, 5.5]);
    expect(times(tidyWords(said))[1]).toEqual([0.5, 2.5]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { splitSentences } from './sentence-split.js';
import type { TimedWord } from './timed-words.js';

/** Words of a second each, one after another; `|` in front of a word begins a new piece after a silence. */
function spoken(text: string, silence = 0.5): TimedWord[] {
  let at = 0;
  let piece = 0;
  return text.split(' ').map((word) => {
    if (word.startsWith('|')) {
      at += silence;
      piece++;
    }
    at += 1;
    return {
      start: at - 1,
      end: at,
      text: ` ${word.replace('|', '')}`,
      probability: 1,
      piece,
      from: at - 1,
      to: at,
    };
  });
}

const texts = (words: TimedWord[]): string[] =>
  splitSentences(words).map((part) =>
    part
      .map(({ text }) => text)
      .join('')
      .trim(),
  );

describe('splitSentences', () => {
  it('ends a segment with a sentence that ends at a pause', () => {
    expect(texts(spoken('He came. |She left.'))).toEqual(['He came.', 'She left.']);
  });

  it('leaves short sentences without a pause together', () => {
    expect(texts(spoken('He came. She left.'))).toEqual(['He came. She left.']);
  });

  it('ends a segment with its sentence from five seconds on', () => {
    expect(texts(spoken('a b c d e. f g'))).toEqual(['a b c d e.', 'f g']);
  });

  it('bridges a short pause inside a sentence, but no long one', () => {
    expect(texts(spoken('a b |c d'))).toEqual(['a b c d']);
    expect(texts(spoken('a b |c d', 2))).toEqual(['a b', 'c d']);
  });

  it('ends a long segment at a pause, a longer one at a comma', () => {
    expect(texts(spoken('a b c d e f g h |i j'))).toEqual(['a b c d e f g h', 'i j']);
    expect(texts(spoken('a b c d, e f g h i j k l, m n'))).toEqual(['a b c d, e f g h i j k l,', 'm n']);
  });

  it('lets no segment grow beyond sixteen seconds', () => {
    const parts = splitSentences(spoken(Array.from({ length: 100 }, () => 'word').join(' ')));
    for (const part of parts) expect((part.at(-1)?.end ?? 0) - (part[0]?.start ?? 0)).toBeLessThanOrEqual(16);
    expect(parts.flat()).toHaveLength(100);
  });

  it('makes nothing of nothing', () => {
    expect(splitSentences([])).toEqual([]);
  });
});

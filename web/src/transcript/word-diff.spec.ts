import { describe, expect, it } from '@jest/globals';
import { diffWords } from './word-diff';

const told = (before: string, after: string): string =>
  diffWords(before, after)
    .map(({ kind, words }) => ({ same: ' ', removed: '-', added: '+' })[kind] + words.join(' '))
    .join('|');

describe('the difference of two texts', () => {
  it.each([
    ['a b c', 'a b c', ' a b c'],
    ['', 'a', '+a'],
    ['a', '', '-a'],
    ['a b c', 'a x c', ' a|-b|+x| c'],
    ['a b c d', 'b c d e', '-a| b c d|+e'],
    ['a b a b', 'a b', ' a b|-a b'],
    ['one two three four', 'zero two 3 four', '-one|+zero| two|-three|+3| four'],
  ])('from “%s” to “%s”', (before, after, difference) => {
    expect(told(before, after)).toBe(difference);
  });

  it('puts both texts together again, whatever they are', () => {
    const words = (seed: number): string[] =>
      Array.from({ length: 300 }, (_, index) => `w${(index * index * seed) % 17}`);
    const [before, after] = [words(3), words(5)];
    const parts = diffWords(before.join(' '), after.join(' '));
    const without = (kind: string): string[] =>
      parts.filter((part) => part.kind !== kind).flatMap((part) => part.words);
    expect(without('added')).toEqual(before);
    expect(without('removed')).toEqual(after);
  });

  it('tells a text that was rewritten as a whole, and not word by word', () => {
    const words = (name: string): string =>
      Array.from({ length: 4000 }, (_, index) => `${name}${index}`).join(' ');
    expect(diffWords(words('a'), words('b')).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });
});

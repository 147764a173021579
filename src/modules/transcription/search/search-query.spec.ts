import { describe, expect, it } from '@jest/globals';
import { anyWordOf, parseTerms, withLoosePhrases, withoutExcluded, wordsOf } from './search-query.js';

describe('a query', () => {
  it.each([
    ['two words', ['two', 'words']],
    ['"a phrase" word', ['a phrase', 'word']],
    ['word -other -"no phrase"', ['word', '-other', '-no phrase']],
    ['"not closed', ['not closed']],
    ['  ""  - ', []],
    ['世界', ['世界']],
  ])('%j asks for %j', (query, terms) => {
    const found = parseTerms(query).map(({ text, isExcluded }) => `${isExcluded ? '-' : ''}${text}`);

    expect(found.filter((term) => term !== '-')).toEqual(terms);
  });

  it('is shown where any of its words is', () => {
    expect(anyWordOf(parseTerms('"much leisure" for-ever -never'))).toBe('much or leisure or for or ever');
  });
});

describe('a phrase', () => {
  it.each([
    ['"much leisure" for-ever -never', 'much leisure for-ever -never'],
    ['-"not this" "well - known"', '-"not this" well known'],
  ])('of %j is loosened to %j', (query, expected) => {
    expect(withLoosePhrases(query)).toBe(expected);
  });

  it('has words without signs', () => {
    expect(wordsOf('Well-known, “isn’t it”?')).toEqual(['Well', 'known', 'isn', 't', 'it']);
  });
});

describe('withoutExcluded', () => {
  it.each([
    ['leisure -divided', 'leisure '],
    ['-"the end" "much leisure" or well-known', ' "much leisure" or well-known'],
    ['-estate', ''],
  ])('of %j leaves %j', (query, expected) => {
    expect(withoutExcluded(query)).toBe(expected);
  });
});

import { expect, test } from '@jest/globals';
import { withFirstPage } from './first-page';

const read = (list: string, page: string, isAll = false): string =>
  withFirstPage(Array.from(list), Array.from(page), (item) => item, isAll).join('');

test('what is new stands before the rest', () => {
  expect(read('bcdef', 'abc')).toBe('abcdef');
});

test('what is no more between the entries of the page has gone', () => {
  expect(read('abcdef', 'acd')).toBe('acdef');
});

test('a page of which nothing was known is put before all', () => {
  expect(read('def', 'abc')).toBe('abcdef');
});

test('the only page is the list', () => {
  expect(read('abc', 'b', true)).toBe('b');
  expect(read('abc', '', true)).toBe('');
});

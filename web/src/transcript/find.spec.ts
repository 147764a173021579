import { expect, it } from '@jest/globals';
import { findAll, replaceAll, replaceOne } from './find';

const document = {
  segments: [
    { key: 'a', start: 0, end: 1, text: 'Äpfel, äpfel. [x]' },
    { key: 'b', start: 1, end: 2, text: 'apfeläpfel Äpfel', words: [] },
  ],
  speakers: {},
};
const find = { text: 'äpfel', matchCase: false, wholeWord: false };

it('finds over all segments, by case and whole word as asked', () => {
  expect(findAll(document, find)).toHaveLength(4);
  expect(findAll(document, { ...find, matchCase: true })).toHaveLength(2);
  expect(findAll(document, { ...find, wholeWord: true })).toHaveLength(3);
  expect(findAll(document, { ...find, text: '' })).toEqual([]);
  expect(findAll(document, { ...find, text: '[x]' })).toEqual([{ key: 'a', from: 14, to: 17 }]);
});

it('replaces literally, and leaves segments alone where nothing was found', () => {
  const replaced = replaceAll(document, { ...find, text: '[x]' }, '$&');
  expect(replaced.segments[0]?.text).toBe('Äpfel, äpfel. $&');
  expect(replaced.segments[1]).toBe(document.segments[1]);
});

it('replaces one place, whose words are no longer known', () => {
  const replaced = replaceOne(document, { key: 'b', from: 11, to: 16 }, 'Birnen');
  expect(replaced.segments[1]).toEqual({ key: 'b', start: 1, end: 2, text: 'apfeläpfel Birnen' });
});

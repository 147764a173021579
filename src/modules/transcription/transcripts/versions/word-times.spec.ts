import { describe, expect, it } from '@jest/globals';
import { timeWords } from './word-times.js';

const word = (text: string, start: number, end: number) => ({ text, start, end, probability: 0.5 });
const BEFORE = [word('The', 0, 0.2), word('famly', 0.3, 0.8), word('of', 1, 1.1), word('Dashwood.', 1.2, 2)];
const SEGMENT = { start: 0, end: 2 };

describe('timeWords', () => {
  it('leaves words as they are when only spaces change', () => {
    expect(timeWords({ ...SEGMENT, text: ' The  famly of\nDashwood. ' }, BEFORE, true)).toEqual(BEFORE);
  });

  it('gives a changed word the time between those around it, and certainty', () => {
    expect(timeWords({ ...SEGMENT, text: 'The family of Dashwood.' }, BEFORE, true)).toEqual([
      BEFORE[0],
      { text: 'family', start: 0.2, end: 1, probability: 1 },
      ...BEFORE.slice(2),
    ]);
  });

  it('shares the time between several by their length', () => {
    const words = timeWords({ ...SEGMENT, text: 'The old family of Dashwood.' }, BEFORE, true);

    expect(words.map(({ start, end }) => [start, end])).toEqual([
      [0, 0.2],
      [0.2, 0.467],
      [0.467, 1],
      [1, 1.1],
      [1.2, 2],
    ]);
  });

  it('reaches to the ends of the segment', () => {
    const words = timeWords({ start: 0, end: 3, text: 'Hear: famly of Dashwood. Yes' }, BEFORE, true);

    expect([words[0], words.at(-1)]).toEqual([
      { text: 'Hear:', start: 0, end: 0.3, probability: 1 },
      { text: 'Yes', start: 2, end: 3, probability: 1 },
    ]);
  });

  it('knows words again behind others that were deleted', () => {
    expect(timeWords({ ...SEGMENT, text: 'of Dashwood.' }, BEFORE, true)).toEqual(BEFORE.slice(2));
  });

  it('keeps words within the segment', () => {
    const words = timeWords({ start: 0.1, end: 1.5, text: 'The Dashwood.' }, BEFORE, true);

    expect(words.map(({ start, end }) => [start, end])).toEqual([
      [0.1, 0.2],
      [1.2, 1.5],
    ]);
  });

  it('makes words without anything that was heard', () => {
    expect(timeWords({ start: 1, end: 2, text: 'ab cdef gh' }, [], true)).toEqual([
      { text: 'ab', start: 1, end: 1.25, probability: 1 },
      { text: 'cdef', start: 1.25, end: 1.75, probability: 1 },
      { text: 'gh', start: 1.75, end: 2, probability: 1 },
    ]);
  });

  it('keeps the words of languages without spaces on both sides of a change', () => {
    const before = [word('你好', 0, 0.5), word('世界', 0.5, 1), word('。', 1, 1.1)];

    expect(timeWords({ start: 0, end: 1.1, text: '你好地球。' }, before, false)).toEqual([
      before[0],
      { text: '地球', start: 0.5, end: 1, probability: 1 },
      before[2],
    ]);
  });

  it('gives up comparing long texts that have nothing to do with each other', () => {
    const before = Array.from({ length: 2000 }, (_, at) => word(`a${at}`, at, at + 1));
    const text = Array.from({ length: 2000 }, (_, at) => `b${at}`).join(' ');

    expect(timeWords({ start: 0, end: 2000, text }, before, true)).toHaveLength(2000);
  });
});

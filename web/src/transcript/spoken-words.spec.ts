import { expect, it } from '@jest/globals';
import { clockTime, secondsOfClock } from './clock-time';
import { piecesOf, segmentAt, timeAt, unsureWords, wordAt } from './spoken-words';

const segment = {
  key: 'a',
  start: 1,
  end: 3,
  text: 'well, well then',
  words: [
    { text: ' well,', start: 1, end: 1.5, probability: 0.9 },
    { text: ' well', start: 1.5, end: 2, probability: 0.3 },
    { text: ' then', start: 2.5, end: 3, probability: 0.9 },
  ],
};

it('cuts a text into words, and where something was found', () => {
  const match = { key: 'a', from: 8, to: 12 };
  const pieces = piecesOf(segment, [match], match);
  expect(pieces.map(({ text, word, match: found }) => [text, word, found])).toEqual([
    ['well,', 0, 'none'],
    [' ', null, 'none'],
    ['we', 1, 'none'],
    ['ll', 1, 'current'],
    [' ', null, 'current'],
    ['t', 2, 'current'],
    ['hen', 2, 'none'],
  ]);
  expect(unsureWords(segment)).toEqual(['well']);
});

it('knows what is said when', () => {
  expect([0.5, 1.2, 1.7, 2.2, 2.7].map((time) => wordAt(segment, time))).toEqual([-1, 0, 1, -1, 2]);
  expect([0, 7, 12].map((offset) => timeAt(segment, offset))).toEqual([1, 1.5, 2.5]);
  const other = { key: 'b', start: 1.5, end: 1.8, text: 'yes' };
  expect([0.5, 1.2, 1.6, 2, 3].map((time) => segmentAt([segment, other], time))).toEqual([-1, 0, 1, 0, -1]);
});

it('reads the times that it writes', () => {
  for (const seconds of [0, 59.999, 61.5, 3723.45]) expect(secondsOfClock(clockTime(seconds))).toBe(seconds);
  expect([clockTime(3723.45), secondsOfClock('63,5'), secondsOfClock('1:x')]).toEqual([
    '1:02:03.450',
    63.5,
    null,
  ]);
});

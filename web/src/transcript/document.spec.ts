import { describe, expect, it } from '@jest/globals';
import {
  documentOf,
  editOf,
  mergeWithNext,
  setText,
  setTimes,
  splitSegment,
  withSavedWords,
  type TranscriptDocument,
} from './document';

const word = (text: string, start: number) => ({ text, start, end: start + 1, probability: 0.9 });

function open(): TranscriptDocument {
  const heard = [
    {
      id: 0,
      start: 0,
      end: 3,
      text: ' one two three',
      words: [word('one', 0), word('two', 1), word('three', 2)],
    },
    { id: 1, start: 3, end: 4, text: ' four', words: [word('four', 3)] },
  ];
  return documentOf({
    segments: heard,
    speakers: {},
  });
}

const keyAt = ({ segments }: TranscriptDocument, index: number): string => segments[index]?.key ?? '';
const textsOf = ({ segments }: TranscriptDocument): string[] => segments.map(({ text }) => text);

describe('splitting a segment', () => {
  it('cuts its time where the next word begins, and shares out the words', () => {
    const split = splitSegment(open(), keyAt(open(), 0), 0);
    expect(textsOf(split)).toEqual(['one two three', 'four']);
    const document = open();
    const { segments } = splitSegment(document, keyAt(document, 0), 4);
    expect(segments.slice(0, 2)).toMatchObject([
      { start: 0, end: 1, text: 'one', words: [{ text: 'one' }] },
      { start: 1, end: 3, text: 'two three', words: [{ text: 'two' }, { text: 'three' }] },
    ]);
  });

  it.each([
    [5, ['one', 'two three']],
    [6, ['one two', 'three']],
  ])('leaves the word whole that the caret is in, at %d', (caret, halves) => {
    const document = open();
    expect(textsOf(splitSegment(document, keyAt(document, 0), caret)).slice(0, 2)).toEqual(halves);
  });

  it('finds words that have no space between them', () => {
    const document = open();
    const key = keyAt(document, 0);
    const written = setText(document, key, '你好世界');
    expect(textsOf(splitSegment(written, key, 1)).slice(0, 2)).toEqual(['你好', '世界']);
  });

  it('does nothing where one half would be empty', () => {
    const document = open();
    expect(textsOf(splitSegment(document, keyAt(document, 1), 4))).toEqual(textsOf(document));
  });
});

it('merges a segment with the next one of its channel only', () => {
  const document = open();
  expect(mergeWithNext(document, keyAt(document, 0)).segments).toMatchObject([
    { key: keyAt(document, 0), start: 0, end: 4, text: 'one two three four', words: { length: 4 } },
  ]);
  expect(mergeWithNext(document, keyAt(document, 1))).toBe(document);
});

it('sends no segment without text, and nothing that the service finds out by itself', () => {
  const document = open();
  expect(editOf(setText(document, keyAt(document, 1), ' '))).toEqual({
    segments: [{ start: 0, end: 3, text: 'one two three' }],
    speakers: {},
  });
});

it('gives the words that were found to segments that have not changed again meanwhile', () => {
  const document = open();
  const sent = setText(setText(document, keyAt(document, 0), 'uno'), keyAt(document, 1), 'quattro');
  const now = setText(sent, keyAt(document, 1), 'cinque');
  const saved = [{ words: [word('uno', 0)] }, { words: [word('quattro', 3)] }];
  expect(withSavedWords(now, sent, saved as never).segments.map(({ words }) => words?.length)).toEqual([
    1,
    undefined,
  ]);
});

it('keeps the mark of what is said while somebody else speaks, in both halves and in what was merged', () => {
  const document = documentOf({
    segments: open().segments.map((segment, index) =>
      index === 1 ? { ...segment, overlap: true } : segment,
    ),
    speakers: {},
  });
  const merged = mergeWithNext(document, keyAt(document, 0));
  const split = splitSegment(merged, keyAt(merged, 0), 4);
  expect([document, merged, split].map(({ segments }) => segments.map(({ overlap }) => overlap))).toEqual([
    [undefined, true],
    [true],
    [true, true],
  ]);
});

it('keeps segments in the order of their starts', () => {
  const document = open();
  expect(textsOf(setTimes(document, keyAt(document, 0), { start: 5, end: 6 }))).toEqual([
    'four',
    'one two three',
  ]);
});

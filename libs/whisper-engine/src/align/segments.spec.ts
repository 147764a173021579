import { describe, expect, it } from '@jest/globals';
import type { Segment } from '../transcript.js';
import type { Piece } from '../vad/time-map.js';
import { segmentsOf, timestampedSegments, wholeSegment } from './segments.js';
import type { TimedWord } from './timed-words.js';
import { WindowTokens } from './window-tokens.js';

const SECOND = 16_000;
const PIECES: Piece[] = [
  { inWindow: 0, inFile: 0, length: 20 * SECOND, speechStart: 0, speechEnd: 20 * SECOND },
];
const FIGURES = { language: 'en', avgLogprob: -0.2, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };

/** Tokens are indexes of these pieces of UTF-8; the log-probability of each is its index, below 0. */
function windowOf(pieces: readonly (string | number[])[], kept = true): WindowTokens {
  const bytes = (id: number): number[] => [...Buffer.from(pieces[id] ?? '')];
  const decode = (ids: readonly number[]): string => Buffer.from(ids.flatMap(bytes)).toString('utf8');
  const ids = [...pieces.keys()];
  return new WindowTokens(
    ids,
    ids.map((id) => -id),
    { bytes, decode },
    kept,
  );
}

/** Words of so many tokens, each of which takes a second. */
function wordsOf(texts: readonly string[], counts: readonly number[]): TimedWord[] {
  let from = 0;
  return texts.map((text, index) => {
    const to = from + (counts[index] ?? 1);
    const word = { start: from, end: to, text, probability: 1, piece: 0, from, to };
    from = to;
    return word;
  });
}

const written = ({ tokens = [] }: Segment): string =>
  Buffer.from(tokens.flatMap(({ bytes }) => bytes)).toString('utf8');

describe('segments that carry their tokens', () => {
  it('have those of their words where sentences part them', () => {
    const pieces = [' One', ' two', ' three', ' four', ' f', 'ive.', ' And', ' six.'];
    const words = wordsOf([' One', ' two', ' three', ' four', ' five.', ' And', ' six.'], [1, 1, 1, 1, 2]);
    const segments = segmentsOf(words, windowOf(pieces), FIGURES, false);
    expect(segments.map(({ text }) => text)).toEqual(['One two three four five.', 'And six.']);
    expect(segments.map(written)).toEqual([' One two three four five.', ' And six.']);
    expect(segments[1]?.tokens?.map(({ logprob }) => logprob)).toEqual([-6, -7]);
  });

  it('have those between timestamps, also where a character takes several', () => {
    const window = windowOf([' Hi.', ' ', [0xe5], [0xbd, 0x97]]);
    const parts = [
      { start: 0, end: 1, from: 0, to: 1 },
      { start: 1, end: 2, from: 1, to: 4 },
    ];
    const segments = timestampedSegments(parts, window, null, PIECES, FIGURES);
    expect(segments.map(({ text }) => text)).toEqual(['Hi.', '彗']);
    expect(segments.map(written)).toEqual([' Hi.', ' 彗']);
    expect(segments[1]?.tokens?.map(({ bytes }) => bytes)).toEqual([[0x20], [0xe5], [0xbd, 0x97]]);
  });

  it('have all of them where nothing parts a window', () => {
    const [segment] = wholeSegment(windowOf([' Good', ' day']), PIECES, FIGURES);
    expect(segment?.text).toBe('Good day');
    expect(segment?.tokens).toHaveLength(2);
  });

  it('carry none unless asked for', () => {
    const [segment] = wholeSegment(windowOf([' Good', ' day'], false), PIECES, FIGURES);
    expect(segment).not.toHaveProperty('tokens');
  });
});

import type { Segment } from '../transcript.js';
import { SAMPLE_RATE } from '../audio/sample-rate.js';
import { findPiece, sharedSpeech, toFile, type Piece } from '../vad/time-map.js';
import { splitSentences } from './sentence-split.js';
import type { TimedWord } from './timed-words.js';
import type { TimestampedText } from './timestamped-text.js';
import type { WindowTokens } from './window-tokens.js';

/** Less speech of a piece than this, in samples, does not make a segment belong to it. */
const LEAST_SPEECH = 0.1 * SAMPLE_RATE;

/** What the segments of one window have in common. */
export type WindowFigures = Pick<
  Segment,
  'language' | 'avgLogprob' | 'compressionRatio' | 'noSpeechProb' | 'temperature'
>;

/** Segments from the words of a window, in order. */
export function segmentsOf(
  words: readonly TimedWord[],
  tokens: WindowTokens,
  figures: WindowFigures,
  withWords: boolean,
): Segment[] {
  return splitSentences(words).flatMap((part) => {
    const [first] = part;
    const last = part.at(-1);
    if (first === undefined || last === undefined) return [];
    const text = tokens.read(first.from, last.to);
    if (text === '') return [];
    const own = tokens.of(first.from, last.to);
    const segment: Segment = { start: first.start, end: last.end, text, ...figures, ...own };
    if (withWords) segment.words = publicWords(part);
    return [segment];
  });
}

/** One segment over a whole window, for models without alignment heads. */
export function wholeSegment(
  tokens: WindowTokens,
  pieces: readonly Piece[],
  figures: WindowFigures,
): Segment[] {
  const text = tokens.read(0, tokens.count);
  const [first] = pieces;
  const last = pieces.at(-1);
  if (text === '' || first === undefined || last === undefined) return [];
  const end = (last.inFile + last.length) / SAMPLE_RATE;
  return [{ start: first.inFile / SAMPLE_RATE, end, text, ...figures, ...tokens.of(0, tokens.count) }];
}

/**
 * Segments between timestamp tokens.
 * @param words of all the text where they are wanted, else null
 */
export function timestampedSegments(
  parts: readonly TimestampedText[],
  tokens: WindowTokens,
  words: readonly TimedWord[] | null,
  pieces: readonly Piece[],
  figures: WindowFigures,
): Segment[] {
  let earliest = 0;
  return parts.flatMap((part) => {
    const text = tokens.read(part.from, part.to);
    if (text === '') return [];
    const [start, end] = fileTimes(part, pieces);
    const segment: Segment = {
      start: Math.max(earliest, start),
      end: Math.max(earliest, end),
      text,
      ...figures,
      ...tokens.of(part.from, part.to),
    };
    const spoken = words?.filter(({ from }) => from >= part.from && from < part.to);
    if (spoken !== undefined) {
      segment.words = publicWords(spoken);
      // Words lie on the sound more exactly than timestamps do.
      segment.start = spoken[0]?.start ?? segment.start;
      segment.end = spoken.at(-1)?.end ?? segment.end;
    }
    earliest = segment.end;
    return [segment];
  });
}

/** From the first piece whose speech the segment reaches into, to the last: timestamps often lie in the silence around a joint. */
function fileTimes({ start, end }: TimestampedText, pieces: readonly Piece[]): [number, number] {
  const from = start * SAMPLE_RATE;
  const to = end * SAMPLE_RATE;
  const spoken = pieces.filter((piece) => sharedSpeech(piece, from, to) > LEAST_SPEECH);
  const first = spoken[0] ?? pieces[findPiece(pieces, from, to)];
  const last = spoken.at(-1) ?? first;
  if (first === undefined || last === undefined) return [start, end];
  return [toFile(first, from, 0) / SAMPLE_RATE, toFile(last, to, 0) / SAMPLE_RATE];
}

const publicWords = (words: readonly TimedWord[]): NonNullable<Segment['words']> =>
  words
    .map(({ start, end, text, probability }) => ({ start, end, text: text.trim(), probability }))
    .filter(({ text }) => text !== '');

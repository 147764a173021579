import type { Segment } from '../options.js';
import { SAMPLE_RATE } from '../audio/sample-rate.js';
import type { Piece } from '../vad/time-map.js';
import { splitSentences } from './sentence-split.js';
import type { TimedWord } from './timed-words.js';

/** What the segments of one window have in common. */
export type WindowFigures = Pick<Segment, 'avgLogprob' | 'compressionRatio' | 'noSpeechProb' | 'temperature'>;

/** Segments from the words of a window, in order. */
export function segmentsOf(
  words: readonly TimedWord[],
  figures: WindowFigures,
  withWords: boolean,
): Segment[] {
  return splitSentences(words).flatMap((part) => {
    const text = part
      .map((word) => word.text)
      .join('')
      .trim();
    const [first] = part;
    const last = part.at(-1);
    if (text === '' || first === undefined || last === undefined) return [];
    const segment: Segment = { start: first.start, end: last.end, text, ...figures };
    if (withWords) segment.words = part.map(publicWord).filter((word) => word.text !== '');
    return [segment];
  });
}

/** One segment over a whole window, for models without alignment heads. */
export function wholeSegment(text: string, pieces: readonly Piece[], figures: WindowFigures): Segment[] {
  const [first] = pieces;
  const last = pieces.at(-1);
  if (text.trim() === '' || first === undefined || last === undefined) return [];
  const end = (last.inFile + last.length) / SAMPLE_RATE;
  return [{ start: first.inFile / SAMPLE_RATE, end, text: text.trim(), ...figures }];
}

const publicWord = ({ start, end, text, probability }: TimedWord): NonNullable<Segment['words']>[number] => ({
  start,
  end,
  text: text.trim(),
  probability,
});

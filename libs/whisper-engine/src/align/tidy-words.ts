import { SENTENCE_END } from './sentence-split.js';
import type { TimedWord } from './timed-words.js';

/** Words around the ends of sentences are at most this many times as long as the median word. */
const LONGEST_RATIO = 2;
const LONGEST_MEDIAN = 0.7;
/** No word is longer, in seconds. */
const LONGEST = 2;

/**
 * Shortens words that the alignment has stretched over a pause: at the end of a sentence from behind, at the beginning of one from the
 * front (as faster-whisper does), elsewhere what is longer than any word.
 */
export function tidyWords(words: readonly TimedWord[]): TimedWord[] {
  const longest = LONGEST_RATIO * Math.min(LONGEST_MEDIAN, medianLength(words));
  return words.map((word, index) => {
    const before = words[index - 1];
    const begins = before?.piece !== word.piece || SENTENCE_END.test(before.text);
    const ends = SENTENCE_END.test(word.text);
    const limit = longest > 0 && (begins || ends) ? longest : LONGEST;
    if (word.end - word.start <= limit) return word;
    return begins && !ends
      ? { ...word, start: milliseconds(word.end - limit) }
      : { ...word, end: milliseconds(word.start + limit) };
  });
}

function medianLength(words: readonly TimedWord[]): number {
  const lengths = words
    .map(({ start, end }) => end - start)
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;

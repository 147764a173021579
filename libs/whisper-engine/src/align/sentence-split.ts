import type { TimedWord } from './timed-words.js';

/** A pause that always ends a segment, in seconds. */
const LONG_PAUSE = 1.5;
/** From this length on a segment ends with its sentence. */
const SENTENCE_SECONDS = 5;
/** From this length on it also ends at a pause in the speech. */
const PAUSE_SECONDS = 8;
/** From this length on it ends at a comma as well. */
const CLAUSE_SECONDS = 12;
/** From this length on it ends at any word: still readable as a subtitle. */
const LONGEST_SECONDS = 16;
export const SENTENCE_END = /[.!?。\uff01\uff1f…]["'”’»)\]]*$/u;
const CLAUSE_END = /[,;:、\uff0c\uff1b\uff1a]["'”’»)\]]*$/u;

/** Cuts the words of a window into segments that a reader can follow, at the best place that their length allows. */
export function splitSentences(words: readonly TimedWord[]): TimedWord[][] {
  const segments: TimedWord[][] = [];
  let current: TimedWord[] = [];
  for (const word of words) {
    const [first] = current;
    const last = current.at(-1);
    if (first !== undefined && last !== undefined && endsBetween(first, last, word)) {
      segments.push(current);
      current = [];
    }
    current.push(word);
  }
  if (current.length > 0) segments.push(current);
  return segments;
}

function endsBetween(first: TimedWord, last: TimedWord, next: TimedWord): boolean {
  const length = last.end - first.start;
  const joint = last.piece !== next.piece;
  const sentence = SENTENCE_END.test(last.text);
  if (joint && next.start - last.end >= LONG_PAUSE) return true;
  if (sentence && (joint || length >= SENTENCE_SECONDS)) return true;
  if (joint && length >= PAUSE_SECONDS) return true;
  if (length >= CLAUSE_SECONDS && CLAUSE_END.test(last.text)) return true;
  // Only between words: without this a language without spaces between them would be cut anywhere in a phrase.
  return next.end - first.start >= LONGEST_SECONDS;
}

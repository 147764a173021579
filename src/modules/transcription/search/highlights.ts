import { wordsOf } from './search-query.js';

/** Where something begins and ends in a text, in UTF-16 code units as JavaScript counts. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

/** Stand around what was found. No text of a transcript has these. */
export const MARK_START = '\u0002';
export const MARK_END = '\u0003';

/** A text with marks as the text without them and their places. */
export function readMarks(marked: string): {
  readonly text: string;
  readonly highlights: readonly Highlight[];
} {
  const [before = '', ...found] = marked.split(MARK_START);
  let text = before;
  const highlights: Highlight[] = [];
  for (const piece of found) {
    const [hit = '', ...rest] = piece.split(MARK_END);
    highlights.push({ start: text.length, end: text.length + hit.length });
    text += hit + rest.join('');
  }
  return { text, highlights };
}

/** Where one of these is in a text, in whatever case; none within another. */
export function findAll(text: string, wanted: readonly string[]): Highlight[] {
  const patterns = wanted.map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  if (patterns.length === 0) return [];
  return [...text.matchAll(new RegExp(patterns.join('|'), 'giu'))].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** Where these phrases are in a text: their words next to each other, whatever signs are between them. */
export function findPhrases(text: string, phrases: readonly string[]): Highlight[] {
  const patterns = phrases
    .map((phrase) => wordsOf(phrase).join(String.raw`[^\p{L}\p{M}\p{N}]+`))
    .filter((pattern) => pattern !== '');
  if (patterns.length === 0) return [];
  const places = text.matchAll(
    new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}])(?:${patterns.join('|')})(?![\p{L}\p{M}\p{N}])`, 'giu'),
  );
  return [...places].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
}

import type { EditedSegment } from './document';
import type { Match } from './find';

/** Words that the model was less sure of are worth a second look. */
const UNSURE_BELOW = 0.5;

/** A stretch of the text of a segment that looks the same all along. */
export interface TextPiece {
  readonly text: string;
  /** Number of the word; null: between words, or nobody knows. */
  readonly word: number | null;
  readonly unsure: boolean;
  readonly match: 'none' | 'found' | 'current';
}

interface WordRange {
  readonly from: number;
  readonly to: number;
  readonly word: number;
  readonly unsure: boolean;
}

/** Where the words of a segment are in its text. */
export function wordRanges({ text, words = [] }: EditedSegment): WordRange[] {
  const ranges: WordRange[] = [];
  let reached = 0;
  words.forEach(({ text: word, probability }, index) => {
    const trimmed = word.trim();
    const from = trimmed === '' ? -1 : text.indexOf(trimmed, reached);
    if (from === -1) return;
    reached = from + trimmed.length;
    ranges.push({ from, to: reached, word: index, unsure: probability < UNSURE_BELOW });
  });
  return ranges;
}

/** @param matches those of this segment, in order; `current` is the one that the reader is at */
export function piecesOf(
  segment: EditedSegment,
  matches: readonly Match[],
  current: Match | null,
): TextPiece[] {
  const ranges = wordRanges(segment);
  const cuts = new Set([0, segment.text.length]);
  for (const { from, to } of [...ranges, ...matches]) cuts.add(from).add(to);
  const sorted = [...cuts].sort((one, other) => one - other);
  let range = 0;
  return sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1] ?? from;
    while (range < ranges.length && (ranges[range]?.to ?? 0) <= from) range += 1;
    const here = ranges[range];
    const word = here !== undefined && here.from <= from ? here : null;
    const match = matches.find((candidate) => candidate.from <= from && to <= candidate.to);
    return {
      text: segment.text.slice(from, to),
      word: word?.word ?? null,
      unsure: word?.unsure ?? false,
      match: match === undefined ? 'none' : match === current ? 'current' : 'found',
    };
  });
}

/** The words that the model was unsure of, for those who do not see the marks. */
export function unsureWords(segment: EditedSegment): string[] {
  return wordRanges(segment)
    .filter(({ unsure }) => unsure)
    .map(({ from, to }) => segment.text.slice(from, to));
}

/** When what is written at an offset is said; null: nobody knows. */
export function timeAt(segment: EditedSegment, offset: number): number | null {
  const range = wordRanges(segment).findLast(({ from }) => from <= offset);
  return range === undefined ? null : (segment.words?.[range.word]?.start ?? null);
}

/** The segment that is said at a time, by number; -1: nobody speaks. Where several do, the one that began last. */
export function segmentAt(segments: readonly EditedSegment[], time: number): number {
  for (let index = lastBegun(segments, time); index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment !== undefined && time < segment.end) return index;
    // Nobody speaks for so long that one further back goes on still.
    if (segment !== undefined && time - segment.start > LONGEST_SEGMENT_SECONDS) return -1;
  }
  return -1;
}

const LONGEST_SEGMENT_SECONDS = 60;

/** The word that is said at a time, by number; -1: none. */
export function wordAt({ words = [] }: EditedSegment, time: number): number {
  const index = lastBegun(words, time);
  return index >= 0 && time < (words[index]?.end ?? 0) ? index : -1;
}

function lastBegun(spoken: readonly { readonly start: number }[], time: number): number {
  let low = 0;
  let high = spoken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spoken[middle]?.start ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

import type { JobWord } from '../../../jobs/job-text.view.js';

/** Comparing goes with the product of both lengths; beyond this a text counts as another one where its ends differ. */
const MAX_COMPARISONS = 1_000_000;

export interface TimedText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The words of an edited text. Those that were there before, in the same order, keep their times and their probability. What stands
 * between two of them (or the ends of the segment) shares the time between them by length, and is as sure as a person is: 1.
 *
 * @param before the words that were heard in the time of the segment, in order
 * @param isSpaced whether spaces part the words of the language
 */
export function timeWords(segment: TimedText, before: readonly JobWord[], isSpaced: boolean): JobWord[] {
  const texts = isSpaced ? splitAtSpaces(segment.text) : splitUnspaced(segment.text, before);
  const kept = findKept(texts, before).map((word) => word && clampTo(segment, word));
  const words: JobWord[] = [];
  for (let at = 0; at < texts.length;) {
    const word = kept[at];
    if (word !== undefined) {
      words.push(word);
      at++;
      continue;
    }
    const next = kept.findIndex((candidate, index) => index > at && candidate !== undefined);
    const run = texts.slice(at, next === -1 ? undefined : next);
    const from = words.at(-1)?.end ?? segment.start;
    words.push(...share(run, from, Math.max(from, kept[next]?.start ?? segment.end)));
    at += run.length;
  }
  return words;
}

function splitAtSpaces(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** Words as they were at both ends, and what a dictionary says in the middle. */
function splitUnspaced(text: string, before: readonly JobWord[]): string[] {
  let rest = text.replace(/\s+/gu, '');
  const head: string[] = [];
  for (const word of before) {
    if (word.text === '' || !rest.startsWith(word.text)) break;
    head.push(word.text);
    rest = rest.slice(word.text.length);
  }
  const tail: string[] = [];
  for (const word of before.slice(head.length).toReversed()) {
    if (word.text === '' || !rest.endsWith(word.text)) break;
    tail.unshift(word.text);
    rest = rest.slice(0, -word.text.length);
  }
  return [...head, ...splitByDictionary(rest), ...tail];
}

/** Punctuation belongs to the word before it. */
function splitByDictionary(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(
    text,
  )) {
    const last = words.pop();
    if (isWordLike === true || last === undefined) words.push(...(last === undefined ? [] : [last]), segment);
    else words.push(last + segment);
  }
  return words;
}

/** For each text the word that it was; undefined: it is new. The longest common subsequence. */
function findKept(texts: readonly string[], before: readonly JobWord[]): (JobWord | undefined)[] {
  const shorter = Math.min(texts.length, before.length);
  let head = 0;
  while (head < shorter && texts[head] === before[head]?.text) head++;
  let tail = 0;
  while (tail < shorter - head && texts.at(-1 - tail) === before.at(-1 - tail)?.text) tail++;
  return [
    ...before.slice(0, head),
    ...findCommon(texts.slice(head, texts.length - tail), before.slice(head, before.length - tail)),
    ...before.slice(before.length - tail),
  ];
}

function findCommon(texts: readonly string[], before: readonly JobWord[]): (JobWord | undefined)[] {
  const found: (JobWord | undefined)[] = texts.map(() => undefined);
  if (texts.length * before.length > MAX_COMPARISONS) return found;
  const width = before.length + 1;
  const lengths = new Uint32Array((texts.length + 1) * width);
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = texts.length - 1; row >= 0; row--)
    for (let column = before.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        texts[row] === before[column]?.text
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
  for (let row = 0, column = 0; row < texts.length && column < before.length;) {
    if (texts[row] === before[column]?.text) found[row++] = before[column++];
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row++;
    else column++;
  }
  return found;
}

function share(texts: readonly string[], from: number, to: number): JobWord[] {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  let passed = 0;
  const timeAt = (characters: number): number => toMilliseconds(from + ((to - from) * characters) / total);
  return texts.map((text) => {
    const start = timeAt(passed);
    passed += text.length;
    return { start, end: timeAt(passed), text, probability: 1 };
  });
}

function clampTo({ start, end }: TimedText, word: JobWord): JobWord {
  const within = (time: number): number => Math.min(end, Math.max(start, time));
  return { ...word, start: within(word.start), end: within(word.end) };
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

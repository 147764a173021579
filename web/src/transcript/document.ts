import type { TranscriptChanges, Segment, Word } from '@whisper-transcriber/client-sdk';

/** A segment as it is edited. It is never changed, only replaced, so that what is the same object is the same text. */
export interface EditedSegment {
  /** Stays while numbers and times change. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly speaker?: string;
  readonly channel?: number;
  /** Somebody else speaks at the same time. */
  readonly overlap?: boolean;
  /** Those of the text; absent after a change of it, until the service has found their times. */
  readonly words?: readonly Word[] | undefined;
}

export interface TranscriptDocument {
  readonly segments: readonly EditedSegment[];
  readonly speakers: Readonly<Record<string, string>>;
}

interface DocumentContent {
  readonly segments: readonly Omit<EditedSegment, 'key'>[];
  readonly speakers: Readonly<Record<string, string>>;
}

export const SHORTEST_SEGMENT_SECONDS = 0.1;

let lastKey = 0;
function nextKey(): string {
  lastKey += 1;
  return `s${lastKey}`;
}

/** @param content of the service, or what was kept of it */
export function documentOf({ segments, speakers }: DocumentContent): TranscriptDocument {
  return { segments: segments.map(editedOf), speakers };
}

function editedOf(segment: Omit<EditedSegment, 'key'>): EditedSegment {
  const { start, end, text, speaker, channel, overlap, words } = segment;
  return {
    key: nextKey(),
    start,
    end,
    text: text.trim(),
    ...(speaker === undefined ? {} : { speaker }),
    ...(channel === undefined ? {} : { channel }),
    ...(overlap === true && { overlap }),
    ...(words === undefined ? {} : { words }),
  };
}

/** What is sent: segments without text are left out, times of words are found by the service. */
export function editOf(document: TranscriptDocument): TranscriptChanges {
  const segments = withText(document).map(({ start, end, text, speaker, channel }) => ({
    start,
    end,
    text: text.trim(),
    ...(speaker === undefined ? {} : { speaker }),
    ...(channel === undefined ? {} : { channel }),
  }));
  return { segments, speakers: { ...document.speakers } };
}

function withText({ segments }: TranscriptDocument): readonly EditedSegment[] {
  return segments.filter(({ text }) => text.trim() !== '');
}

/** Gives the words that the service found for what was sent to the segments that are still as they were then. */
export function withSavedWords(
  now: TranscriptDocument,
  sent: TranscriptDocument,
  saved: readonly Segment[],
): TranscriptDocument {
  const wordsOf = new Map<EditedSegment, readonly Word[]>();
  withText(sent).forEach((segment, index) => {
    const words = saved[index]?.words;
    if (words !== undefined) wordsOf.set(segment, words);
  });
  const segments = now.segments.map((segment) => {
    const words = segment.words === undefined ? wordsOf.get(segment) : undefined;
    return words === undefined ? segment : { ...segment, words };
  });
  return { ...now, segments };
}

export function textOf(document: TranscriptDocument): string {
  return withText(document)
    .map(({ text }) => text.trim())
    .join('\n');
}

export function setText(document: TranscriptDocument, key: string, text: string): TranscriptDocument {
  return replaceSegment(document, key, (segment) => [rewritten(segment, text)]);
}

export function rewritten(segment: EditedSegment, text: string): EditedSegment {
  return { ...segment, text, words: undefined };
}

export function removeSegment(document: TranscriptDocument, key: string): TranscriptDocument {
  return replaceSegment(document, key, () => []);
}

/** The second half gets a key of its own. Words stay whole, and nothing is split where one half would be empty. */
export function splitSegment(document: TranscriptDocument, key: string, place: number): TranscriptDocument {
  return replaceSegment(document, key, (segment) => {
    const caret = besideWord(segment.text, place);
    const before = segment.text.slice(0, caret).trim();
    const after = segment.text.slice(caret).trim();
    if (before === '' || after === '') return [segment];
    const count = countWords(before);
    // Words that were written have times of their own only where all of them do.
    const betweenWords = count + countWords(after) === segment.words?.length;
    const heard = betweenWords ? segment.words : undefined;
    const at = splitTime(segment, caret, heard?.[count]?.start);
    return [
      { ...segment, end: at, text: before, words: heard?.slice(0, count) },
      { ...segment, key: nextKey(), start: at, text: after, words: heard?.slice(count) },
    ];
  });
}

/** The nearer end of the word that the caret is in, also where words have no space between them. */
function besideWord(text: string, caret: number): number {
  const word = new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text).containing(caret);
  if (word?.isWordLike !== true) return caret;
  const end = word.index + word.segment.length;
  return caret - word.index < end - caret ? word.index : end;
}

/** Where the next word begins, else by the share of the text. */
function splitTime({ start, end, text }: EditedSegment, caret: number, word: number | undefined): number {
  const time = word ?? start + ((end - start) * caret) / text.length;
  return toMilliseconds(Math.min(end, Math.max(start, time)));
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

/** Joins a segment with the one after it, and keeps the first one's key and speaker. */
export function mergeWithNext(document: TranscriptDocument, key: string): TranscriptDocument {
  const index = document.segments.findIndex((segment) => segment.key === key);
  const first = document.segments[index];
  const second = document.segments[index + 1];
  if (first === undefined || second === undefined || first.channel !== second.channel) return document;
  const merged: EditedSegment = {
    ...first,
    end: Math.max(first.end, second.end),
    text: `${first.text.trim()} ${second.text.trim()}`.trim(),
    ...(second.overlap === true && { overlap: true }),
    words:
      first.words === undefined || second.words === undefined ? undefined : [...first.words, ...second.words],
  };
  return { ...document, segments: document.segments.toSpliced(index, 2, merged) };
}

/** Sets the times of a segment, and brings the segments into the order of their starts. */
export function setTimes(
  document: TranscriptDocument,
  key: string,
  times: { start: number; end: number },
): TranscriptDocument {
  const changed = replaceSegment(document, key, (segment) => [
    { ...segment, start: toMilliseconds(times.start), end: toMilliseconds(times.end), words: undefined },
  ]);
  return { ...changed, segments: changed.segments.toSorted((one, other) => one.start - other.start) };
}

function replaceSegment(
  document: TranscriptDocument,
  key: string,
  change: (segment: EditedSegment) => readonly EditedSegment[],
): TranscriptDocument {
  return {
    ...document,
    segments: document.segments.flatMap((segment) => (segment.key === key ? change(segment) : [segment])),
  };
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

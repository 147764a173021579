import type { Diarization } from './diarization.js';
import { TurnFinder, type Spoken, type Timed } from './turn-finder.js';

export interface SpokenWord extends Timed {
  text: string;
}

/** A segment of a transcript, as the engine gives it; `text` has the words in order, with spaces or other signs between them or not. */
export interface SpokenSegment<W extends SpokenWord = SpokenWord> extends Timed {
  text: string;
  words?: W[];
  /** UTF-8 bytes that are, one after the other, the text with a space in front of it. */
  tokens?: { bytes: number[] }[];
}

/** A segment, or a part of one, of one speaker. Its words have speakers of their own: a flicker of one short word does not split it. */
export type SegmentOfSpeaker<S extends SpokenSegment> = Omit<S, 'words'> &
  Spoken & { words?: (NonNullable<S['words']>[number] & Spoken)[] };

/** A word of another speaker that is shorter than this, in seconds, inside a phrase of one speaker is taken for a mistake. */
const FLICKER = 0.4;
/**
 * Gives words, and with them segments, their speakers. A word has the speaker who is heard in most of it; between equals the speaker of the
 * word before. A word that nobody is heard in has the speaker nearest to it, within half a second, or of the word before. Segments are split
 * where the speaker changes, between two words; a segment without words has the speaker who is heard in most of it. The texts of the parts,
 * one after the other, are the text before, without spaces at the cuts, and they share its tokens.
 */
export function assignSpeakers<S extends SpokenSegment>(
  segments: readonly S[],
  { turns }: Pick<Diarization, 'turns'>,
): SegmentOfSpeaker<S>[] {
  const finder = new TurnFinder(turns);
  let before: number | null = null;
  return segments.flatMap((segment) => {
    const parts = partsOf(segment, finder, before);
    before = parts.at(-1)?.speaker ?? before;
    return parts;
  });
}

function partsOf<S extends SpokenSegment>(
  segment: S,
  finder: TurnFinder,
  before: number | null,
): SegmentOfSpeaker<S>[] {
  const { words, tokens, ...rest } = segment;
  const places = words === undefined ? null : placesOf(segment.text, words);
  if (words === undefined || words.length === 0 || places === null) {
    return [{ ...segment, ...finder.find(segment, before) } as unknown as SegmentOfSpeaker<S>];
  }
  const spoken = speakersOf(words, finder, before);
  const borders = [...spoken.keys()].filter((index) => spoken[index]?.phrase !== spoken[index - 1]?.phrase);
  return borders.map((from, part) => {
    const to = borders[part + 1] ?? words.length;
    const own = words.slice(from, to);
    const marked = own.map((word, index) => {
      const { speaker = null, overlap = false } = spoken[from + index] ?? {};
      return { ...word, speaker, overlap };
    });
    const time = {
      start: part === 0 ? segment.start : (own[0]?.start ?? segment.start),
      end: to === words.length ? segment.end : (own.at(-1)?.end ?? segment.end),
    };
    const text = segment.text.slice(from === 0 ? 0 : places[from], places[to] ?? segment.text.length);
    const speaker = spoken[from]?.phrase ?? null;
    const overlap = finder.isOverlapped(time, speaker);
    const trimmed = borders.length === 1 ? text : trimCuts(text, part > 0, to < words.length);
    const of = { speaker, overlap, words: marked };
    const bytes = tokens && {
      tokens: tokensOf(segment.text, tokens, from === 0 ? 0 : places[from], places[to]),
    };
    return { ...rest, ...time, text: trimmed, ...bytes, ...of } as unknown as SegmentOfSpeaker<S>;
  });
}

/** The tokens that begin between two places of a text, or in the spaces before them. */
function tokensOf(
  text: string,
  tokens: NonNullable<SpokenSegment['tokens']>,
  from = 0,
  to?: number,
): NonNullable<SpokenSegment['tokens']> {
  // A token has the space in front of its word.
  const byteAt = (place: number): number =>
    place === 0 ? 0 : new TextEncoder().encode(` ${text.slice(0, place)}`.trimEnd()).length;
  const [first, end] = [byteAt(from), to === undefined ? Infinity : byteAt(to)];
  let at = 0;
  return tokens.filter(({ bytes }) => {
    const start = at;
    at += bytes.length;
    return start >= first && start < end;
  });
}

function trimCuts(text: string, atStart: boolean, atEnd: boolean): string {
  const begun = atStart ? text.trimStart() : text;
  return atEnd ? begun.trimEnd() : begun;
}

/** Where each word begins in a text, or null where the text does not have all words in order: then it cannot be cut. */
function placesOf(text: string, words: readonly SpokenWord[]): number[] | null {
  const places: number[] = [];
  let at = 0;
  for (const word of words) {
    const place = text.indexOf(word.text.trim(), at);
    if (place < 0) return null;
    places.push(place);
    at = place + word.text.trim().length;
  }
  return places;
}

/** Speakers of words, and of the phrases that they are part of. */
function speakersOf(
  words: readonly SpokenWord[],
  finder: TurnFinder,
  before: number | null,
): (Spoken & { phrase: number | null })[] {
  const spoken: (Spoken & { phrase: number | null })[] = [];
  for (const word of words) {
    const found = finder.find(word, spoken.at(-1)?.speaker ?? before);
    spoken.push({ ...found, phrase: found.speaker });
  }
  for (const [index, word] of words.entries()) {
    const [last, own, next] = [spoken[index - 1]?.phrase, spoken[index], spoken[index + 1]?.speaker];
    const flickers = own !== undefined && last !== undefined && last === next && own.speaker !== last;
    if (flickers && word.end - word.start < FLICKER) own.phrase = last;
  }
  return spoken;
}

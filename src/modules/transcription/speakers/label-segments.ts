import { assignSpeakers, type SpeakerTurn } from '../engine/speaker-turns.js';
import type { JobWord } from '../../jobs/job-text.view.js';
import type { Speakers, TranscriptSegment } from '../transcripts/transcript.view.js';

/** Who was heard in a channel, or in all of them mixed. */
export interface ChannelTurns {
  /** Null: mixed. */
  readonly channel: number | null;
  readonly turns: readonly SpeakerTurn[];
  /** Names of known voices, by the number of the speaker. */
  readonly names: ReadonlyMap<number, string>;
}

export interface LabelledText {
  readonly segments: readonly TranscriptSegment[];
  readonly speakers: Speakers;
}

/** A part of a segment, and who says it: a number that only its channel knows. */
interface Part {
  readonly segment: TranscriptSegment;
  readonly channel: number | null;
  readonly speaker: number | null;
}

/**
 * Gives segments the keys of their speakers, in the order in which these are first read, and splits them where the speaker changes.
 *
 * @param heard empty where nobody could be told apart
 * @param keepWords whether words are part of the transcript, rather than only there to split at
 */
export function labelSegments(
  segments: readonly TranscriptSegment[],
  heard: readonly ChannelTurns[],
  keepWords: boolean,
): LabelledText {
  if (heard.length === 0)
    return { segments: keepWords ? segments : segments.map(withoutWords), speakers: {} };
  const parts = heard
    .flatMap((channel) => partsOf(segments, channel))
    .toSorted((one, other) => one.segment.start - other.segment.start);
  const book = new SpeakerBook(heard);
  const labelled = parts.map(({ segment, channel, speaker }) => {
    const kept = keepWords ? segment : withoutWords(segment);
    return speaker === null ? kept : { ...kept, speaker: book.keyOf(channel, speaker) };
  });
  return { segments: labelled, speakers: book.speakers };
}

function withoutWords(segment: TranscriptSegment): TranscriptSegment {
  const entries = Object.entries(segment).filter(([key]) => key !== 'words');
  return Object.fromEntries(entries) as unknown as TranscriptSegment;
}

function partsOf(segments: readonly TranscriptSegment[], { channel, turns }: ChannelTurns): Part[] {
  const own = channel === null ? segments : segments.filter((segment) => segment.channel === channel);
  const split = assignSpeakers(own as readonly Mutable<TranscriptSegment>[], { turns: [...turns] });
  return split.map(({ speaker, overlap, words, ...rest }) => ({
    channel,
    speaker,
    segment: {
      ...rest,
      ...(overlap && { overlap }),
      ...(words !== undefined && { words: words.map(toWord) }),
    },
  }));
}

/** Whose a word is, its segment says. */
function toWord({ start, end, text, probability, overlap }: JobWord & { overlap: boolean }): JobWord {
  return { start, end, text, probability, ...(overlap && { overlap }) };
}

/** The keys and names that speakers get. A voice that is known by name has one key in all channels. */
class SpeakerBook {
  private readonly keys = new Map<string, string>();
  private readonly named = new Map<string, string>();

  constructor(private readonly heard: readonly ChannelTurns[]) {}

  get speakers(): Speakers {
    return Object.fromEntries(this.named);
  }

  keyOf(channel: number | null, speaker: number): string {
    const name = this.heard.find((turns) => turns.channel === channel)?.names.get(speaker);
    const who = name === undefined ? `${channel ?? 'mixed'} ${speaker}` : `name ${name}`;
    const known = this.keys.get(who);
    if (known !== undefined) return known;
    const number = this.keys.size + 1;
    const key = `speaker_${number}`;
    this.keys.set(who, key);
    this.named.set(key, name ?? this.freeName(number));
    return key;
  }

  /** Somebody may be known by a name like these. */
  private freeName(number: number): string {
    const taken = this.heard.flatMap(({ names }) => [...names.values()]);
    const name = `Speaker ${number}`;
    return taken.includes(name) ? `${name} (unknown)` : name;
  }
}

/** What the engine takes is not written to. */
type Mutable<T> = T extends readonly (infer I)[]
  ? Mutable<I>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

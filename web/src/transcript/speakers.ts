import { readableTime } from '../words/readable';
import { splitSegment, type EditedSegment, type TranscriptDocument } from './document';

/** Somebody who is known already, by the key, or whoever has this name: somebody new where nobody has. */
export type Who = { readonly voice: string } | { readonly name: string };

/** From a segment on: it alone, those after it until somebody else speaks, or all after it of the same voice. */
export type Reach = 'this' | 'run' | 'rest';

/** What there is to know of somebody who speaks. */
export interface Speaker {
  readonly voice: string;
  readonly name: string;
  readonly seconds: number;
  /** Of all that somebody is known to say, 0 to 1. */
  readonly share: number;
  readonly count: number;
  /** Null: this one says nothing. */
  readonly longest: EditedSegment | null;
}

const CHANNEL = /^channel_(\d+)$/;
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** Whether it is somebody who was told by the voice, or by a person, and not by the channel. */
export function isPerson(voice: string): boolean {
  return !CHANNEL.test(voice);
}

/** The key that names who speaks in a segment; absent: nobody is known. */
export function voiceOf({ speaker, channel }: EditedSegment): string | undefined {
  return speaker ?? (channel === undefined ? undefined : `channel_${channel}`);
}

export function nameOf(document: TranscriptDocument, segment: EditedSegment): string | undefined {
  const voice = voiceOf(segment);
  return voice === undefined ? undefined : voiceName(document, voice);
}

export function voiceName({ speakers }: TranscriptDocument, voice: string): string {
  const channel = CHANNEL.exec(voice)?.[1];
  return speakers[voice] ?? (channel === undefined ? voice : `Channel ${Number(channel) + 1}`);
}

/** A line for each segment, with its time and who speaks. */
export function textWithTimes(document: TranscriptDocument): string {
  const lines = document.segments.map((segment) => {
    const name = nameOf(document, segment);
    return `[${readableTime(segment.start)}] ${name === undefined ? '' : `${name}: `}${segment.text.trim()}`;
  });
  return lines.join('\n');
}

/** Who has a name; absent: nobody. */
export function voiceNamed(document: TranscriptDocument, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return voicesOf(document).find((voice) => voiceName(document, voice).toLowerCase() === wanted);
}

/** All that speak, or have a name, by the numbers in their keys, so that they stay in their places while one edits. */
export function voicesOf({ segments, speakers }: TranscriptDocument): string[] {
  const voices = new Set(Object.keys(speakers));
  for (const segment of segments) {
    const voice = voiceOf(segment);
    if (voice !== undefined) voices.add(voice);
  }
  return [...voices].sort((one, other) => BY_NUMBER.compare(one, other));
}

export function speakersOf(document: TranscriptDocument): Speaker[] {
  const said = byVoice(document);
  const figures = voicesOf(document).map((voice) => {
    const segments = said.get(voice) ?? [];
    const seconds = segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
    const longest = segments.reduce<EditedSegment | null>(
      (best, segment) => (best === null || lengthOf(segment) > lengthOf(best) ? segment : best),
      null,
    );
    return { voice, name: voiceName(document, voice), seconds, count: segments.length, longest };
  });
  const total = figures.reduce((sum, { seconds }) => sum + seconds, 0);
  return figures.map((speaker) => ({ ...speaker, share: total === 0 ? 0 : speaker.seconds / total }));
}

function byVoice({ segments }: TranscriptDocument): Map<string | undefined, EditedSegment[]> {
  const said = new Map<string | undefined, EditedSegment[]>();
  for (const segment of segments) {
    const voice = voiceOf(segment);
    const before = said.get(voice);
    if (before === undefined) said.set(voice, [segment]);
    else before.push(segment);
  }
  return said;
}

/** Everywhere at once: the name belongs to the key. */
export function renameVoice(document: TranscriptDocument, voice: string, name: string): TranscriptDocument {
  if (voiceName(document, voice) === name) return document;
  return { ...document, speakers: { ...document.speakers, [voice]: name } };
}

/** The keys of the segments that are reached from one of them. */
export function keysWithin({ segments }: TranscriptDocument, key: string, reach: Reach): ReadonlySet<string> {
  const index = segments.findIndex((segment) => segment.key === key);
  const first = segments[index];
  if (first === undefined) return new Set();
  if (reach === 'this') return new Set([key]);
  const voice = voiceOf(first);
  const following = segments.slice(index);
  const other = following.findIndex((segment) => voiceOf(segment) !== voice);
  const reached =
    reach === 'run' && other !== -1
      ? following.slice(0, other)
      : following.filter((segment) => voiceOf(segment) === voice);
  return new Set(reached.map((segment) => segment.key));
}

/** Says who speaks in some segments. Whoever says nothing any more after that is not among the speakers either. */
export function assignVoice(
  document: TranscriptDocument,
  keys: ReadonlySet<string>,
  who: Who,
): TranscriptDocument {
  const known = 'voice' in who ? who.voice : voiceNamed(document, who.name);
  const voice = known ?? newSpeakerKey(document.speakers);
  const isNews = (segment: EditedSegment): boolean => keys.has(segment.key) && voiceOf(segment) !== voice;
  if (!document.segments.some(isNews)) return document;
  const left = new Set(document.segments.filter(isNews).map(voiceOf));
  const segments = document.segments.map((segment) => (isNews(segment) ? spokenBy(segment, voice) : segment));
  for (const segment of segments) left.delete(voiceOf(segment));
  const name = 'name' in who ? who.name : voiceName(document, voice);
  return { segments, speakers: without({ ...document.speakers, [voice]: name }, left) };
}

/** Two that are one: all that the first says is of the second from now on. */
export function mergeVoices(document: TranscriptDocument, from: string, into: string): TranscriptDocument {
  const said = document.segments.filter((segment) => voiceOf(segment) === from);
  const merged = assignVoice(document, new Set(said.map(({ key }) => key)), { voice: into });
  return { ...merged, speakers: without(merged.speakers, new Set([from])) };
}

/** Splits a segment where somebody else goes on. The same document: nothing can be split there. */
export function splitForOther(
  document: TranscriptDocument,
  key: string,
  place: number,
  who: Who,
): TranscriptDocument {
  const split = splitSegment(document, key, place);
  if (split.segments.length === document.segments.length) return document;
  const index = split.segments.findIndex((segment) => segment.key === key);
  return assignVoice(split, new Set([split.segments[index + 1]?.key ?? '']), who);
}

/** What somebody new is called until their name is known. */
export function newSpeakerName(document: TranscriptDocument): string {
  const names = new Set(voicesOf(document).map((voice) => voiceName(document, voice)));
  let number = 1;
  while (names.has(`Speaker ${number}`)) number += 1;
  return `Speaker ${number}`;
}

function newSpeakerKey(speakers: Readonly<Record<string, string>>): string {
  let number = 1;
  while (`speaker_${number}` in speakers) number += 1;
  return `speaker_${number}`;
}

function spokenBy(segment: EditedSegment, voice: string): EditedSegment {
  const { speaker, ...unspoken } = segment;
  // The channel says it by itself.
  return speaker !== undefined && voiceOf(unspoken) === voice ? unspoken : { ...segment, speaker: voice };
}

function lengthOf({ start, end }: EditedSegment): number {
  return end - start;
}

function without(
  speakers: Readonly<Record<string, string>>,
  voices: ReadonlySet<string | undefined>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(speakers).filter(([voice]) => !voices.has(voice)));
}

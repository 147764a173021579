import { toasts } from '../design/toasts.svelte';
import { splitSegment, type EditedSegment, type TranscriptDocument } from './document';
import { coloursOf } from './speaker-colours';
import { nameFault } from './speaker-names';
import {
  assignVoice,
  keysWithin,
  mergeVoices,
  nameOf,
  renameVoice,
  speakersOf,
  splitForOther,
  voiceName,
  voiceOf,
  type Reach,
  type Speaker,
  type Who,
} from './speakers';
import type { TranscriptEditor } from './transcript-editor.svelte';

/** A speaker as the page shows them. */
export interface ListedSpeaker extends Speaker {
  /** By which a key chooses them, from 1. */
  readonly number: number;
  readonly colour: number;
}

/** What a person is asked about speakers. */
export type SpeakerQuestion =
  | { readonly about: 'name' | 'merge' | 'voice'; readonly voice: string }
  | { readonly about: 'segment'; readonly key: string }
  | { readonly about: 'split'; readonly key: string; readonly place: number };

/** Who speaks in a transcript, and what a person does about it: each act is one step of the history, and told. */
export class SpeakerActs {
  question = $state.raw<SpeakerQuestion | null>(null);
  listed: readonly ListedSpeaker[] = $derived.by(() => {
    const speakers = this.document === null ? [] : speakersOf(this.document);
    const colours = coloursOf(speakers.map(({ voice }) => voice));
    return speakers.map((speaker, index) => ({
      ...speaker,
      number: index + 1,
      colour: colours.get(speaker.voice) ?? 1,
    }));
  });
  private byVoice = $derived(new Map(this.listed.map((speaker) => [speaker.voice, speaker])));

  constructor(private readonly editor: TranscriptEditor) {}

  get jobId(): string {
    return this.editor.jobId;
  }

  /** Has the service know who speaks where as it is shown. @returns false when it could not be saved */
  async settle(): Promise<boolean> {
    await this.editor.save();
    return this.editor.saveState === 'saved';
  }

  find(voice: string | undefined): ListedSpeaker | undefined {
    return voice === undefined ? undefined : this.byVoice.get(voice);
  }

  /** Asks who speaks in a segment from a place of its text on, where it can be split there. */
  askToSplit(key: string, place: number): void {
    if (this.document === null) return;
    if (splitSegment(this.document, key, place).segments.length === this.document.segments.length)
      toasts.say('Put the caret between two words to split there.', 'failed');
    else this.question = { about: 'split', key, place };
  }

  faultOf(voice: string, name: string): string | null {
    return this.document === null ? null : nameFault(this.document, voice, name);
  }

  rename(voice: string, name: string): void {
    if (this.document === null) return;
    const before = voiceName(this.document, voice);
    const renamed = renameVoice(this.document, voice, name);
    if (this.change(renamed)) toasts.say(`${before} is called ${name} now.`);
  }

  merge(voice: string, into: string): void {
    if (this.document === null) return;
    const names = [voice, into].map((one) => this.find(one)?.name ?? one);
    if (this.change(mergeVoices(this.document, voice, into)))
      toasts.say(`${names.join(' was merged into ')}.`);
  }

  assign(key: string, who: Who, reach: Reach): void {
    if (this.document === null) return;
    const keys = keysWithin(this.document, key, reach);
    if (!this.change(assignVoice(this.document, keys, who))) return;
    toasts.say(
      keys.size === 1
        ? `${this.nameIn(key)} speaks here.`
        : `${this.nameIn(key)} speaks in ${keys.size} segments.`,
    );
  }

  /** Gives a segment to the speaker of a number. */
  assignNumber(key: string, number: number): void {
    const speaker = this.listed[number - 1];
    if (speaker === undefined) toasts.say(`There is no speaker ${number}.`, 'failed');
    else this.assign(key, { voice: speaker.voice }, 'this');
  }

  /** @returns the key of the second half */
  split(key: string, place: number, who: Who): string | null {
    if (this.document === null || !this.change(splitForOther(this.document, key, place, who))) return null;
    const index = this.document.segments.findIndex((segment) => segment.key === key);
    const second = this.document.segments[index + 1]?.key ?? key;
    toasts.say(`${this.nameIn(second)} speaks from here on.`);
    return second;
  }

  /** In words, with how many they are; more than the segment itself only where there is more. */
  reachesFrom(key: string): (readonly [Reach, string])[] {
    const { document } = this;
    const segment = document?.segments.find((one) => one.key === key);
    if (document === null || segment === undefined) return [];
    const [run, rest] = (['run', 'rest'] as const).map((reach) => keysWithin(document, key, reach).size);
    const name = nameOf(document, segment);
    const whose = name === undefined ? 'that are nobody’s' : `of ${name}`;
    return [
      ['this', 'In this segment only'],
      ...((run ?? 1) > 1
        ? [['run', `In this and the next ones, until somebody else speaks (${run})`] as const]
        : []),
      ...((rest ?? 1) > (run ?? 1)
        ? [['rest', `In this and all following ${whose} (${rest})`] as const]
        : []),
    ];
  }

  /** The next segment of a voice after one of these numbers, else its first one. */
  nextOf(voice: string, after: number): EditedSegment | undefined {
    const segments = this.document?.segments ?? [];
    const isTheirs = (segment: EditedSegment): boolean => voiceOf(segment) === voice;
    return segments.slice(after + 1).find(isTheirs) ?? segments.find(isTheirs);
  }

  private get document(): TranscriptDocument | null {
    return this.editor.document;
  }

  private nameIn(key: string): string {
    const segment = this.document?.segments.find((one) => one.key === key);
    return this.document === null || segment === undefined ? '' : (nameOf(this.document, segment) ?? '');
  }

  private change(next: TranscriptDocument): boolean {
    if (next === this.document) return false;
    this.editor.change(next);
    return true;
  }
}

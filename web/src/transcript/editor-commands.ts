import type { EditedSegment } from './document';
import type { Playback } from './playback.svelte';
import type { SegmentActs } from './segment-acts';
import { SKIP_SECONDS, type Command } from './shortcuts';
import type { SpeakerActs } from './speaker-acts.svelte';
import type { TranscriptEditor } from './transcript-editor.svelte';

/** What keys act on. */
export interface Desk {
  readonly editor: TranscriptEditor;
  readonly playback: Playback;
  readonly segments: SegmentActs;
  readonly speakers: SpeakerActs;
  readonly focused: EditedSegment | undefined;
  /** Of the segment that is heard; -1: of none. */
  readonly playingIndex: number;
  readonly find: () => void;
  readonly help: () => void;
}

/** What each command does. */
export function commandsOf(desk: Desk): Record<Command, (event: KeyboardEvent) => void> {
  const { editor, playback, segments, speakers } = desk;
  return {
    toggle: () => {
      playback.toggle();
    },
    back: () => {
      playback.skip(-SKIP_SECONDS);
    },
    forward: () => {
      playback.skip(SKIP_SECONDS);
    },
    slower: () => {
      playback.changeSpeed(-1);
    },
    faster: () => {
      playback.changeSpeed(1);
    },
    undo: () => {
      editor.undo();
    },
    redo: () => {
      editor.redo();
    },
    save: () => void editor.save(),
    find: () => {
      desk.find();
    },
    split: () => void segments.split(),
    'split-speaker': () => {
      splitForOther(desk);
    },
    who() {
      if (desk.focused !== undefined) speakers.question = { about: 'segment', key: desk.focused.key };
    },
    speaker({ code }) {
      if (desk.focused !== undefined) speakers.assignNumber(desk.focused.key, Number(code.at(-1)));
    },
    'merge-previous': () => void segments.merge(-1),
    'merge-next': () => void segments.merge(0),
    previous: () => void segments.step(-1, desk.playingIndex),
    next: () => void segments.step(1, desk.playingIndex),
    help: () => {
      desk.help();
    },
  };
}

/** At the caret. */
export function splitForOther({ focused, segments, speakers }: Desk): void {
  if (focused !== undefined) speakers.askToSplit(focused.key, segments.caretIn(focused.key));
}

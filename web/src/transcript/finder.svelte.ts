import type { TranscriptDocument } from './document';
import { findAll, replaceAll, replaceOne, type FindOptions, type Match } from './find';
import type { TranscriptEditor } from './transcript-editor.svelte';

const NONE: readonly Match[] = [];

/** What is looked for in a transcript, where it is, and which of the places the reader is at. */
export class Finder {
  options = $state.raw<FindOptions>({ text: '', matchCase: false, wholeWord: false });
  open = $state(false);
  private place = $state(0);

  matches = $derived.by(() =>
    this.open && this.document !== null ? findAll(this.document, this.options) : [],
  );
  index = $derived(Math.min(this.place, Math.max(0, this.matches.length - 1)));
  current = $derived(this.matches[this.index] ?? null);
  private byKey = $derived(bySegment(this.matches));

  constructor(private readonly editor: TranscriptEditor) {}

  find(options: FindOptions): void {
    this.options = options;
    this.place = 0;
  }

  in(key: string): readonly Match[] {
    return this.byKey.get(key) ?? NONE;
  }

  /** Goes round at both ends. */
  step(direction: 1 | -1): void {
    const count = this.matches.length;
    if (count > 0) this.place = (this.index + direction + count) % count;
  }

  replace(replacement: string): void {
    if (this.document === null || this.current === null) return;
    const { key, from } = this.current;
    this.editor.change(replaceOne(this.document, this.current, replacement));
    // What was put there is not looked at again.
    const order = new Map(this.document.segments.map((segment, index) => [segment.key, index]));
    const here = order.get(key) ?? 0;
    const next = this.matches.findIndex((match) => {
      const there = order.get(match.key) ?? 0;
      return there > here || (there === here && match.from >= from + replacement.length);
    });
    this.place = Math.max(0, next);
  }

  /** @returns how many were replaced */
  replaceAll(replacement: string): number {
    const count = this.matches.length;
    if (this.document !== null) this.editor.change(replaceAll(this.document, this.options, replacement));
    return count;
  }

  private get document(): TranscriptDocument | null {
    return this.editor.document;
  }
}

function bySegment(matches: readonly Match[]): Map<string, Match[]> {
  const groups = new Map<string, Match[]>();
  for (const match of matches) {
    const group = groups.get(match.key);
    if (group === undefined) groups.set(match.key, [match]);
    else group.push(match);
  }
  return groups;
}

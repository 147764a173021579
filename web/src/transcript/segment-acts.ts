import { tick } from 'svelte';
import { toasts } from '../design/toasts.svelte';
import { mergeWithNext, removeSegment, splitSegment, type EditedSegment } from './document';
import type { TranscriptEditor } from './transcript-editor.svelte';

/** What a person does about segments as wholes; the caret goes to where they go on. */
export class SegmentActs {
  constructor(
    private readonly editor: TranscriptEditor,
    private readonly focused: () => EditedSegment | undefined,
    /** Brings a segment to where it can be seen. */
    private readonly show: (index: number) => Promise<void>,
  ) {}

  /** Where the caret is in the text of a segment. */
  caretIn(key: string): number {
    return fieldOf(key)?.selectionStart ?? 0;
  }

  async focusText(key: string, caret: number): Promise<void> {
    const index = this.segments.findIndex((segment) => segment.key === key);
    if (index === -1) return;
    await tick();
    let field = fieldOf(key);
    if (field === null) {
      await this.show(index);
      field = fieldOf(key);
    }
    field?.focus();
    field?.setSelectionRange(caret, caret);
  }

  /** The next one is gone on with, else the last one. */
  async remove(key: string): Promise<void> {
    const { segments } = this;
    if (this.editor.document === null) return;
    const index = segments.findIndex((segment) => segment.key === key);
    const next = segments[index + 1] ?? segments[index - 1];
    this.editor.change(removeSegment(this.editor.document, key));
    await this.focusText(next?.key ?? '', 0);
  }

  /** In two, at the caret. */
  async split(): Promise<void> {
    const { segments } = this;
    const focused = this.focused();
    if (this.editor.document === null || focused === undefined) return;
    const index = segments.indexOf(focused);
    const next = splitSegment(this.editor.document, focused.key, this.caretIn(focused.key));
    if (next.segments.length === segments.length) {
      toasts.say('Put the caret between two words to split there.', 'failed');
      return;
    }
    this.editor.change(next);
    await this.focusText(next.segments[index + 1]?.key ?? '', 0);
  }

  /** @param offset of the first of the two from the one that is edited */
  async merge(offset: 0 | -1): Promise<void> {
    const { document } = this.editor;
    const focused = this.focused();
    if (document === null || focused === undefined) return;
    const first = document.segments[document.segments.indexOf(focused) + offset];
    if (first === undefined) return;
    const next = mergeWithNext(document, first.key);
    if (next === document) {
      toasts.say('There is no segment of the same channel to merge with.', 'failed');
      return;
    }
    this.editor.change(next);
    await this.focusText(first.key, first.text.length);
  }

  /** @param playing the number of the segment that is heard, from which one goes where none is edited */
  async step(direction: 1 | -1, playing: number): Promise<void> {
    const focused = this.focused();
    const from = focused === undefined ? Math.max(0, playing) - direction : this.segments.indexOf(focused);
    const to = this.segments[from + direction];
    if (to !== undefined) await this.focusText(to.key, 0);
  }

  private get segments(): readonly EditedSegment[] {
    return this.editor.document?.segments ?? [];
  }
}

function fieldOf(key: string): HTMLTextAreaElement | null {
  const field = window.document.getElementById(`text-${key}`);
  return field instanceof HTMLTextAreaElement ? field : null;
}

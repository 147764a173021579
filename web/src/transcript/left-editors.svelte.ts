import { session } from '../session/session.svelte';
import type { TranscriptEditor } from './transcript-editor.svelte';

/** An editor that was left before the service had all that was written in it. It goes on saving it. */
interface LeftEditor {
  readonly editor: TranscriptEditor;
  /** Whoever uses this tab next is told nothing of it. */
  readonly userId: string | undefined;
}

class LeftEditors {
  private left = $state.raw<readonly LeftEditor[]>([]);
  private own = $derived(this.left.filter(({ userId }) => userId === session.me?.id));
  /** Those that the service did not let save. */
  troubled = $derived(this.own.map(({ editor }) => editor).filter(({ troubled }) => troubled));

  async leave(editor: TranscriptEditor, userId: string | undefined): Promise<void> {
    this.left = [...this.left, { editor, userId }];
    await editor.close();
    this.left = this.left.filter((one) => one.editor.saveState !== 'saved');
  }

  /** One of a transcript that is opened again, with what was written and can be undone in it. */
  takeBack(jobId: string): TranscriptEditor | null {
    const found = this.own.find(({ editor }) => editor.jobId === jobId);
    this.left = this.left.filter((one) => one !== found);
    return found === undefined || found.editor.saveState === 'saved' ? null : found.editor;
  }

  /** The connection is back. */
  async save(): Promise<void> {
    await Promise.all(this.left.map(({ editor }) => editor.save()));
  }
}

export const leftEditors = new LeftEditors();

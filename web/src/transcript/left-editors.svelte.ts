import type { TranscriptEditor } from './transcript-editor.svelte';

/** Editors that were left before the service had all that was written in them. They go on saving it. */
class LeftEditors {
  private left = $state.raw<readonly TranscriptEditor[]>([]);
  /** Those that the service did not let save. */
  troubled = $derived(this.left.filter(({ troubled }) => troubled));

  async leave(editor: TranscriptEditor): Promise<void> {
    this.left = [...this.left, editor];
    await editor.close();
    this.left = this.left.filter(({ saveState }) => saveState !== 'saved');
  }

  /** One of a transcript that is opened again, with what was written and can be undone in it. */
  takeBack(jobId: string): TranscriptEditor | null {
    const found = this.left.find((editor) => editor.jobId === jobId && editor.saveState !== 'saved') ?? null;
    this.left = this.left.filter((editor) => editor.jobId !== jobId);
    return found;
  }

  /** The connection is back. */
  async save(): Promise<void> {
    await Promise.all(this.left.map((editor) => editor.save()));
  }
}

export const leftEditors = new LeftEditors();

import {
  TranscriberError,
  type Diarization,
  type TranscriptVersionSummary,
} from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { toasts } from '../design/toasts.svelte';
import { documentOf, editOf, withSavedWords, type TranscriptDocument } from './document';
import { DraftStore, type Draft } from './draft-store';
import { EditHistory } from './edit-history';
import {
  listVersions,
  readTranscript,
  restoreVersion,
  saveTranscript,
  type StoredTranscript,
} from './stored-transcript';

/** So long after the last change it is saved. */
const SAVE_AFTER_MS = 1500;
const DRAFT_AFTER_MS = 200;
const RETRY_MS = 5000;

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'refused' | 'conflict';

/** Somebody, or another tab, saved what this one has not seen. */
export interface Conflict {
  readonly theirs: StoredTranscript;
  readonly version: TranscriptVersionSummary | null;
}

/** One transcript while it is edited: its history, and how it gets to the service. */
export class TranscriptEditor {
  document = $state.raw<TranscriptDocument | null>(null);
  language = $state<string | null>(null);
  duration = $state(0);
  diarization = $state.raw<Diarization | null>(null);
  saveState = $state<SaveState>('saved');
  /** Why there is nothing to edit, or why it could not be saved. */
  problem = $state.raw<ProblemWords | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  canUndo = $state(false);
  canRedo = $state(false);
  /** The browser keeps no draft: what is not saved goes with the page. */
  draftless = $state(false);
  /** It could not be saved the last time, whatever is tried now. */
  troubled = $state(false);
  /** That passes, and is tried again. */
  waits = $derived(this.problem?.isPassing === true && this.conflict === null);

  private readonly drafts: DraftStore;
  private readonly history = new EditHistory<TranscriptDocument>();
  private etag = '';
  private saved: TranscriptDocument | null = null;
  private saving: Promise<void> | null = null;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private draftTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly jobId: string) {
    this.drafts = new DraftStore(jobId);
  }

  /** Reads the transcript, and goes on with what was not saved the last time. */
  async load(): Promise<void> {
    try {
      const stored = await readTranscript(this.jobId);
      this.problem = null;
      this.adopt(stored);
      const draft = this.drafts.take();
      if (draft !== null) await this.goOnWith(draft, stored);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Saves what is not saved, and goes on trying where the service does not answer. */
  async close(): Promise<void> {
    this.keepDraft();
    await this.save();
  }

  /** @param act changes of one name that follow each other quickly are taken back together */
  change(next: TranscriptDocument, act: string | null = null): void {
    if (this.document === null || next === this.document) return;
    this.history.record(this.document, Date.now(), act);
    this.show(next);
    this.touch();
  }

  undo(): void {
    this.goTo(this.document === null ? undefined : this.history.undo(this.document));
  }

  redo(): void {
    this.goTo(this.document === null ? undefined : this.history.redo(this.document));
  }

  /** Saves what is not saved; resolves when that went well or not, which `saveState` tells. */
  async save(): Promise<void> {
    clearTimeout(this.saveTimer);
    while (this.saving !== null) await this.saving;
    if (this.conflict !== null || this.document === null) return;
    this.saving = this.saveOnce(this.document).finally(() => {
      this.saving = null;
    });
    await this.saving;
  }

  keepDraft(): void {
    clearTimeout(this.draftTimer);
    if (this.document !== null && this.saveState !== 'saved')
      this.draftless = !this.drafts.keep(this.document, this.etag);
  }

  /** Makes a version the newest one. What is not saved is saved before. @throws TranscriberError */
  async restore(version: number): Promise<void> {
    await this.save();
    if (this.document === null || this.saveState !== 'saved') return;
    const before = this.document;
    this.adopt(await restoreVersion(this.jobId, version, this.etag));
    this.history.record(before, Date.now());
    this.tellHistory();
  }

  /** Saves what is here over theirs, which stays among the versions. */
  async keepMine(): Promise<void> {
    if (this.conflict === null) return;
    const { theirs, version } = this.conflict;
    const mayGoOn = version === null || (await this.sealTheirs(version.number, theirs.etag));
    if (!mayGoOn) return;
    if (version === null) this.etag = theirs.etag;
    this.saved = documentOf(theirs.transcript);
    this.conflict = null;
    await this.save();
  }

  /** Goes on with theirs. Undo brings back what was here. */
  takeTheirs(): void {
    if (this.conflict === null || this.document === null) return;
    const mine = this.document;
    const { theirs } = this.conflict;
    this.conflict = null;
    this.adopt(theirs);
    this.history.record(mine, Date.now());
    this.tellHistory();
    this.drafts.drop();
  }

  private async goOnWith(draft: Draft, stored: StoredTranscript): Promise<void> {
    const mine = documentOf(draft);
    if (this.saved === null || sameContent(mine, this.saved)) {
      this.drafts.drop();
      return;
    }
    this.history.record(this.saved, Date.now());
    this.show(mine);
    this.saveState = 'unsaved';
    if (draft.etag === stored.etag) this.touch();
    else await this.meetConflict();
  }

  private adopt({ transcript, etag }: StoredTranscript): void {
    this.etag = etag;
    this.language = transcript.language;
    this.duration = transcript.duration;
    this.diarization = transcript.diarization;
    this.saved = documentOf(transcript);
    this.show(this.saved);
    this.beSaved();
  }

  private goTo(state: TranscriptDocument | undefined): void {
    if (state === undefined) return;
    this.show(state);
    this.touch();
  }

  private show(document: TranscriptDocument): void {
    this.document = document;
    this.tellHistory();
  }

  private tellHistory(): void {
    this.canUndo = this.history.canUndo;
    this.canRedo = this.history.canRedo;
  }

  private touch(): void {
    if (this.saveState !== 'conflict') this.saveState = 'unsaved';
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.keepDraft(), DRAFT_AFTER_MS);
    this.saveIn(SAVE_AFTER_MS);
  }

  private saveIn(milliseconds: number): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => void this.save(), milliseconds);
  }

  private async saveOnce(sent: TranscriptDocument): Promise<void> {
    if (this.saved !== null && sameContent(sent, this.saved)) {
      this.beSaved();
      this.drafts.drop();
      return;
    }
    this.saveState = 'saving';
    try {
      this.take(await saveTranscript(this.jobId, editOf(sent), this.etag), sent);
    } catch (error) {
      await this.meetFailure(error);
    }
  }

  private take({ transcript, etag }: StoredTranscript, sent: TranscriptDocument): void {
    const now = this.document ?? sent;
    this.etag = etag;
    this.saved = sent;
    this.problem = null;
    this.document = withSavedWords(now, sent, transcript.segments);
    if (now === sent) {
      this.beSaved();
      this.drafts.drop();
    } else this.touch();
  }

  private beSaved(): void {
    this.saveState = 'saved';
    this.troubled = false;
  }

  private async meetFailure(error: unknown): Promise<void> {
    this.saveState = 'unsaved';
    this.troubled = true;
    this.keepDraft();
    if (error instanceof TranscriberError && error.code === 'transcript_changed') {
      await this.meetConflict();
      return;
    }
    this.problem = problemOf(error);
    this.saveState = this.problem.isPassing ? 'offline' : 'refused';
    if (this.problem.isPassing) this.saveIn(RETRY_MS);
  }

  private async meetConflict(): Promise<void> {
    try {
      const theirs = await readTranscript(this.jobId);
      const { versions } = await listVersions(this.jobId, null);
      const saved = documentOf(theirs.transcript);
      if (this.document !== null && sameContent(this.document, saved)) {
        this.adopt(theirs);
        this.drafts.drop();
        return;
      }
      this.conflict = { theirs, version: versions[0] ?? null };
      this.saveState = 'conflict';
    } catch (error) {
      this.problem = problemOf(error);
      this.saveState = 'offline';
      this.saveIn(RETRY_MS);
    }
  }

  /**
   * A version that was restored takes no later save into it: so theirs stays as it is, also where both are of one person.
   * @returns false: the conflict stays, or is another one by now
   */
  private async sealTheirs(version: number, etag: string): Promise<boolean> {
    try {
      this.etag = (await restoreVersion(this.jobId, version, etag)).etag;
      return true;
    } catch (error) {
      if (error instanceof TranscriberError && error.code === 'transcript_changed') await this.meetConflict();
      else toasts.say(problemOf(error).detail, 'failed');
      return false;
    }
  }
}

function sameContent(one: TranscriptDocument, other: TranscriptDocument): boolean {
  return JSON.stringify(editOf(one)) === JSON.stringify(editOf(other));
}

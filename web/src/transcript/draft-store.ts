import type { EditedSegment, TranscriptDocument } from './document';

/** What was typed and is not saved yet, so that neither a crash nor a lost connection takes it. */
export interface Draft {
  /** Of the version that it is a change of. */
  readonly etag: string;
  readonly at: number;
  readonly segments: readonly EditedSegment[];
  readonly speakers: Readonly<Record<string, string>>;
}

const TAB = 'transcript-tab';

/** The drafts of one transcript. Each tab has its own, so that two of them do not overwrite each other's. */
export class DraftStore {
  private readonly prefix: string;
  private readonly own: string;
  private readonly taken = new Set<string>();

  constructor(jobId: string) {
    this.prefix = `transcript-draft:${jobId}:`;
    this.own = this.prefix + tabName();
    this.taken.add(this.own);
  }

  /** That of this tab before it was reloaded, else the newest of one that was closed. */
  take(): Draft | null {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    const drafts = keys.flatMap((key) => {
      const draft = readDraft(key);
      return draft === null ? [] : [{ key, draft }];
    });
    drafts.sort((one, other) => other.draft.at - one.draft.at);
    const found = drafts.find(({ key }) => key === this.own) ?? drafts[0];
    if (found === undefined) return null;
    this.taken.add(found.key);
    return found.draft;
  }

  /** @returns false: the browser has no room for it */
  keep(document: TranscriptDocument, etag: string): boolean {
    // Words have times again as soon as it is saved.
    const segments = document.segments.map((segment) => ({ ...segment, words: undefined }));
    const draft: Draft = { etag, at: Date.now(), segments, speakers: document.speakers };
    try {
      localStorage.setItem(this.own, JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  /** After what was taken or kept was saved. */
  drop(): void {
    for (const key of this.taken) localStorage.removeItem(key);
  }
}

function readDraft(key: string): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}

function tabName(): string {
  const name = sessionStorage.getItem(TAB) ?? crypto.getRandomValues(new Uint32Array(2)).join('-');
  sessionStorage.setItem(TAB, name);
  return name;
}

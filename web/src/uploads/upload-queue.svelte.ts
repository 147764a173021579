import { TranscriberError, type TranscribeOptions } from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { persistent } from '../api/service';
import type { ChosenFile } from './dropped-files';
import { forgetUpload, keepUpload, keptUploads, type KeptUpload } from './kept-uploads';
import { orderOf, type UploadOptions } from './upload-options';

/** How many are sent at a time: more would only share the same line. */
const AT_A_TIME = 3;

export type UploadState = 'waiting' | 'sending' | 'checking' | 'paused' | 'interrupted' | 'failed' | 'done';

/** A file, or an address, on its way to becoming a job. */
export class QueuedUpload {
  state = $state<UploadState>('waiting');
  /** 0 to 100, of what the server has; null while that is not known. */
  percent = $state<number | null>(0);
  /** Why it does not go on by itself at once, as the SDK tells it. */
  waitingFor = $state<string | null>(null);
  problem = $state.raw<ProblemWords | null>(null);
  jobId = $state<string | null>(null);
  /** Null after a reload, until the file is there again. */
  source = $state.raw<File | URL | null>(null);
  /** Breaks off what is being sent; the server keeps what it has. */
  stop = new AbortController();
  /** Resolves when nothing is being sent. */
  sent: Promise<void> = Promise.resolve();

  constructor(
    readonly kept: KeptUpload,
    source: File | URL | null,
  ) {
    this.source = source;
    if (source === null) this.state = 'interrupted';
  }

  get name(): string {
    return this.kept.name;
  }
}

/** All uploads of this page. They go on while other pages of the app are looked at, and after a reload once their files are there again. */
class UploadQueue {
  uploads = $state.raw<readonly QueuedUpload[]>([]);
  underWay = $derived(
    this.uploads.some(({ state }) => ['waiting', 'sending', 'checking', 'paused'].includes(state)),
  );
  private restored = false;

  /** Brings back what a reload, or a closed window, has interrupted. */
  async restore(): Promise<void> {
    if (this.restored) return;
    this.restored = true;
    const known = new Set(this.uploads.map(({ kept }) => kept.key));
    const interrupted = (await keptUploads()).filter(({ key }) => !known.has(key));
    this.uploads = [...interrupted.map((kept) => new QueuedUpload(kept, kept.recording)), ...this.uploads];
    this.pump();
  }

  /** A file that an upload was interrupted with goes on there, as it was ordered then. */
  addFiles(
    files: readonly (ChosenFile & { readonly recorded?: boolean })[],
    options: UploadOptions,
  ): QueuedUpload[] {
    const resumed: QueuedUpload[] = [];
    const added = files.flatMap(({ file, handle, recorded }) => {
      const interrupted = this.uploads.find(
        (upload) => upload.state === 'interrupted' && this.resumeWith(upload, file),
      );
      if (interrupted !== undefined) {
        resumed.push(interrupted);
        return [];
      }
      const { name, size, lastModified } = file;
      const recording = recorded === true ? file : null;
      const kept = { key: newKey(), name, size, lastModified, options, handle, recording };
      void keepUpload(kept);
      return [new QueuedUpload(kept, file)];
    });
    return [...resumed, ...this.add(added)];
  }

  addUrl(url: URL, options: UploadOptions): QueuedUpload[] {
    const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host;
    const kept = { key: newKey(), name, size: 0, lastModified: 0, options, handle: null, recording: null };
    return this.add([new QueuedUpload(kept, url)]);
  }

  pause(upload: QueuedUpload): void {
    upload.state = 'paused';
    upload.stop.abort();
    this.pump();
  }

  resume(upload: QueuedUpload): void {
    upload.state = 'waiting';
    this.pump();
  }

  /** Goes on with the file of an interrupted upload. @returns false when it is another file */
  resumeWith(upload: QueuedUpload, file: File): boolean {
    const { name, size, lastModified } = upload.kept;
    if (file.size !== size || file.name !== name || file.lastModified !== lastModified) return false;
    upload.source = file;
    upload.state = 'waiting';
    this.pump();
    return true;
  }

  /** Reads the file of an interrupted upload again, which the browser may ask about. @returns false where it cannot */
  async resumeByHandle(upload: QueuedUpload): Promise<boolean> {
    const { handle } = upload.kept;
    if (handle === null) return false;
    try {
      // Only some browsers ask; the others allow it.
      const asking = handle as FileSystemFileHandle & {
        requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
      };
      if ((await asking.requestPermission?.({ mode: 'read' })) === 'denied') return false;
      return this.resumeWith(upload, await handle.getFile());
    } catch {
      return false;
    }
  }

  retry(upload: QueuedUpload): void {
    upload.problem = null;
    upload.percent = 0;
    upload.state = upload.source === null ? 'interrupted' : 'waiting';
    this.pump();
  }

  /** Takes it from the list; what is on the server of it goes, unless it is done. */
  remove(upload: QueuedUpload): void {
    this.uploads = this.uploads.filter((other) => other !== upload);
    void forgetUpload(upload.kept.key);
    upload.stop.abort();
    if (upload.state !== 'done') void upload.sent.then(() => persistent.cancelPreviousUpload(upload.kept));
    this.pump();
  }

  private add(uploads: QueuedUpload[]): QueuedUpload[] {
    this.uploads = [...this.uploads, ...uploads];
    this.pump();
    return uploads;
  }

  private pump(): void {
    const busy = this.uploads.filter(({ state }) => state === 'sending' || state === 'checking').length;
    const waiting = this.uploads.filter(({ state }) => state === 'waiting');
    for (const upload of waiting.slice(0, Math.max(0, AT_A_TIME - busy))) {
      // One that was paused a moment ago lets go of the file first.
      upload.state = 'sending';
      upload.stop = new AbortController();
      const { signal } = upload.stop;
      upload.sent = upload.sent.then(() => this.send(upload, signal));
    }
  }

  private async send(upload: QueuedUpload, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      upload.jobId = await order(upload, signal);
      upload.state = 'done';
      void forgetUpload(upload.kept.key);
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error)) {
        // All of it is sent again.
        this.retry(upload);
        return;
      }
      upload.problem = problemOf(error);
      upload.state = 'failed';
      // Sent again it would be refused again, as a new upload.
      if (error instanceof TranscriberError && !upload.problem.isPassing) void forgetUpload(upload.kept.key);
    } finally {
      this.pump();
    }
  }
}

export const uploadQueue = new UploadQueue();

function isGone(error: unknown): boolean {
  const codes = ['upload_gone', 'upload_expired', 'upload_not_found'];
  return error instanceof TranscriberError && codes.includes(error.code);
}

/** @returns the id of its job. @throws TranscriberError, or the reason of the signal */
function order(upload: QueuedUpload, signal: AbortSignal): Promise<string> {
  const { kept, source } = upload;
  const options: TranscribeOptions = {
    ...orderOf(kept.options),
    signal,
    onProgress: (progress) => {
      const { percent } = progress;
      upload.percent = percent;
      upload.waitingFor = progress.phase === 'uploading' ? progress.waitingFor : null;
      if (percent === 100 && upload.state === 'sending') upload.state = 'checking';
    },
  };
  if (source instanceof URL) return persistent.submitUrl(source.href, options);
  return persistent.submit(source ?? new File([], kept.name), { ...options, onAbort: 'keep' });
}

/** Not randomUUID, which pages have only behind https. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

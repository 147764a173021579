import {
  getUploadStatus,
  uploadByUrl,
  cancelUpload,
  TranscriberError,
} from '@whisper-transcriber/client-sdk';
import { pauseFor } from '../api/events';
import { problemOf, type ProblemWords } from '../api/problem';
import { api } from '../api/service';
import type { ChosenFile } from './dropped-files';
import { forgetUpload, keepUpload, keptUploads, type KeptUpload } from './kept-uploads';
import { clientOfUpload, Gate } from './paused-upload';
import { fieldsOf, type UploadOptions } from './upload-options';

/** How many are sent at a time: more would only share the same line. */
const AT_A_TIME = 3;
const LOOK_AT_FETCH_MS = 1000;

export type UploadState = 'waiting' | 'sending' | 'checking' | 'paused' | 'interrupted' | 'failed' | 'done';

/** A file, or an address, on its way to becoming a job. */
export class QueuedUpload {
  state = $state<UploadState>('waiting');
  /** 0 to 100, of what the server has; null while that is not known. */
  percent = $state<number | null>(0);
  problem = $state.raw<ProblemWords | null>(null);
  jobId = $state<string | null>(null);
  /** Null after a reload, until the file is there again. */
  source = $state.raw<Blob | URL | null>(null);
  readonly gate = new Gate();
  cancel = new AbortController();

  kept: KeptUpload;

  constructor(kept: KeptUpload, source: Blob | URL | null) {
    this.kept = kept;
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

  addFiles(
    files: readonly (ChosenFile & { readonly recorded?: boolean })[],
    options: UploadOptions,
  ): QueuedUpload[] {
    return this.add(
      files.map(({ file, handle, recorded }) => {
        const recording = recorded === true ? file : null;
        const kept = { key: newKey(), name: file.name, size: file.size, options, handle, recording };
        void keepUpload(kept);
        return new QueuedUpload(kept, file);
      }),
    );
  }

  addUrl(url: URL, options: UploadOptions): QueuedUpload[] {
    const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host;
    return this.add([
      new QueuedUpload({ key: newKey(), name, size: 0, options, handle: null, recording: null }, url),
    ]);
  }

  pause(upload: QueuedUpload): void {
    upload.gate.close();
    upload.state = 'paused';
    this.pump();
  }

  resume(upload: QueuedUpload): void {
    upload.state = 'sending';
    upload.gate.open();
  }

  /** Goes on with the file of an interrupted upload. @returns false when it is another file */
  resumeWith(upload: QueuedUpload, file: File): boolean {
    if (file.size !== upload.kept.size || file.name !== upload.kept.name) return false;
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
    upload.cancel = new AbortController();
    upload.state = upload.source === null ? 'interrupted' : 'waiting';
    this.pump();
  }

  /** Takes it from the list; what is on the server of it goes. */
  remove(upload: QueuedUpload): void {
    this.uploads = this.uploads.filter((other) => other !== upload);
    void forgetUpload(upload.kept.key);
    upload.gate.open();
    upload.cancel.abort();
    this.pump();
  }

  /** What the server had of it has expired: all of it is sent again. */
  private beginAnew(upload: QueuedUpload): void {
    void forgetUpload(upload.kept.key);
    upload.kept = { ...upload.kept, key: newKey() };
    void keepUpload(upload.kept);
    upload.percent = 0;
    upload.state = 'waiting';
  }

  private add(uploads: QueuedUpload[]): QueuedUpload[] {
    this.uploads = [...this.uploads, ...uploads];
    this.pump();
    return uploads;
  }

  private pump(): void {
    const busy = this.uploads.filter(({ state }) => state === 'sending' || state === 'checking').length;
    const waiting = this.uploads.filter(({ state }) => state === 'waiting');
    for (const upload of waiting.slice(0, Math.max(0, AT_A_TIME - busy))) void this.send(upload);
  }

  private async send(upload: QueuedUpload): Promise<void> {
    const { signal } = upload.cancel;
    upload.state = 'sending';
    try {
      upload.jobId =
        upload.source instanceof URL
          ? await fetchByUrl(upload, upload.source, signal)
          : await sendFile(upload, upload.source ?? new Blob(), signal);
      upload.state = 'done';
      void forgetUpload(upload.kept.key);
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error)) {
        this.beginAnew(upload);
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

async function sendFile(upload: QueuedUpload, file: Blob, signal: AbortSignal): Promise<string> {
  const { model, language, ...others } = fieldsOf(upload.kept.options);
  const extra = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
  return clientOfUpload(upload.gate, extra).submit(file, {
    model,
    language,
    filename: upload.kept.name,
    idempotencyKey: upload.kept.key,
    signal,
    onProgress: ({ percent }) => {
      upload.percent = percent;
      if (percent === 100 && upload.state === 'sending') upload.state = 'checking';
    },
  });
}

async function fetchByUrl(upload: QueuedUpload, url: URL, signal: AbortSignal): Promise<string> {
  const body = { url: url.href, ...fieldsOf(upload.kept.options) };
  const { data } = await uploadByUrl({ client: api, body, signal });
  const session = { client: api, path: { session_id: data.session_id } };
  signal.addEventListener('abort', () => void cancelUpload(session).catch(() => undefined), { once: true });
  for (;;) {
    signal.throwIfAborted();
    const { data: status } = await getUploadStatus(session);
    upload.percent = status.progress_percent;
    if (status.job_id !== null) return status.job_id;
    if (status.status !== 'active' && status.status !== 'assembling')
      throw new TranscriberError(status.error_detail ?? 'The recording could not be fetched.', {
        code: (status.error_code ?? 'url_unreachable') as 'url_unreachable',
        status: 422,
      });
    await pauseFor(LOOK_AT_FETCH_MS, signal);
  }
}

/** Not randomUUID, which pages have only behind https. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

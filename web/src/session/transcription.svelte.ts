import { upload, Problem, type QueuedJob } from '../api/transcriber-api';
import { JobFollower } from './job-follower.svelte';

const JOB_ADDRESS = /^#job=([\w-]{1,64})$/;

export function jobAddress(id: string): string {
  return `#job=${id}`;
}

interface Sending {
  readonly file: File;
  readonly sent: number;
  /** All bytes are out; the service looks at the file. */
  readonly checking: boolean;
}

/**
 * What the page is about: choosing a file, sending it, or one job. The job is named in the address, so that reloading, going
 * back and sharing the address within the machine come to the same job.
 */
export class Transcription {
  sending = $state.raw<Sending | null>(null);
  follower = $state.raw<JobFollower | null>(null);
  /** Why the last upload came to nothing. */
  problem = $state.raw<Problem | null>(null);
  /** Name of the file that `problem` is about. */
  problemFile = '';
  /** The file behind the shown job, when it was sent from this page: it can be listened to. */
  preview = $state.raw<{ jobId: string; file: File } | null>(null);
  /** A file whose upload was given up or refused: it stays chosen. */
  unsent: File | null = null;
  private cancel: AbortController | null = null;

  /** Shows what the address names. */
  readAddress(): void {
    const id = JOB_ADDRESS.exec(window.location.hash)?.[1] ?? null;
    if (id === (this.follower?.id ?? null)) return;
    this.follower?.stop();
    this.follower = id === null ? null : new JobFollower(id);
    this.follower?.start();
    this.problem = null;
  }

  async send(file: File, options: { model: string; language: string }): Promise<void> {
    const cancel = new AbortController();
    this.cancel = cancel;
    this.problem = null;
    this.unsent = file;
    this.sending = { file, sent: 0, checking: false };
    try {
      const onSent = (sent: number): void => {
        this.sending = { file, sent, checking: sent >= file.size };
      };
      const job = await upload(file, { ...options, signal: cancel.signal, onSent });
      this.show(job, file);
    } catch (error) {
      if (cancel.signal.aborted) return;
      this.problem = error instanceof Problem ? error : unexpected();
      this.problemFile = file.name;
      if (isAboutTheFile(this.problem)) this.unsent = null;
    } finally {
      this.sending = null;
    }
  }

  cancelSending(): void {
    this.cancel?.abort();
  }

  startOver(): void {
    this.preview = null;
    window.history.pushState(null, '', window.location.pathname + window.location.search);
    this.readAddress();
  }

  private show(job: QueuedJob, file: File): void {
    this.unsent = null;
    this.preview = { jobId: job.job_id, file };
    window.location.hash = jobAddress(job.job_id);
    this.readAddress();
  }
}

function unexpected(): Problem {
  return new Problem(
    0,
    'unexpected',
    'The upload failed',
    'The file could not be sent. Was it moved or changed meanwhile?',
  );
}

/** Sending the same file again would be refused again. */
function isAboutTheFile(problem: Problem): boolean {
  return !problem.isPassing && !/^(model|language)_/.test(problem.code);
}

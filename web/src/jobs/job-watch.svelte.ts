import {
  followJob,
  getJob,
  getPartialTranscript,
  type Job,
  type JobProgress,
  type Segment,
} from '@whisper-transcriber/client-sdk';
import { listen, pauseFor, type ServerEvent } from '../api/events';
import { problemOf, type ProblemWords } from '../api/problem';
import { api } from '../api/service';
import { isOver } from './job-words';

const LONGEST_RETRY_MS = 10_000;
const FIRST_RETRY_MS = 500;

type Telling = JobProgress & { readonly queue_position: number | null };

/** One job as it goes on, with its text as it grows. A lost connection only makes it wait, however long. */
export class JobWatch {
  job = $state.raw<Job | null>(null);
  segments = $state.raw<readonly Segment[]>([]);
  /** That of the recording, once it is known. */
  language = $state<string | null>(null);
  /** The service said no: there is no such job, for example. */
  problem = $state.raw<ProblemWords | null>(null);
  disconnected = $state(false);
  deleted = $state(false);
  private readonly stopped = new AbortController();

  constructor(readonly id: string) {}

  start(): void {
    void this.follow().catch((error: unknown) => {
      if (!this.stopped.signal.aborted) this.problem = problemOf(error);
    });
  }

  stop(): void {
    this.stopped.abort();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopped;
    if (!(await this.look())) return;
    await listen((options) => followJob({ ...options, client: api, path: { job_id: this.id } }), {
      signal,
      onEvent: (event) => this.take(event),
      onEnd: () => this.look(),
    });
  }

  /** Reads how it is, as often as that takes. @returns whether it goes on */
  private async look(): Promise<boolean> {
    const { signal } = this.stopped;
    for (let pause = FIRST_RETRY_MS; !signal.aborted; pause = Math.min(LONGEST_RETRY_MS, pause * 2)) {
      try {
        const { data: job } = await getJob({ client: api, path: { job_id: this.id }, signal });
        await this.readText(job, signal);
        this.job = job;
        this.disconnected = false;
        return !isOver(job) && !this.deleted;
      } catch (error) {
        if (signal.aborted) return false;
        const problem = problemOf(error);
        if (!problem.isPassing) {
          if (!this.deleted) this.problem = problem;
          return false;
        }
        this.disconnected = true;
      }
      await pauseFor(pause, signal);
    }
    return false;
  }

  private async readText(job: Job, signal: AbortSignal): Promise<void> {
    // Of a completed one the editor reads the text.
    if (job.status === 'queued' || job.status === 'completed') return;
    const { data } = await getPartialTranscript({ client: api, path: { job_id: this.id }, signal });
    this.segments = data.segments;
    this.language = data.language;
  }

  private take({ event, data }: ServerEvent): void {
    if (event === 'progress') this.tell(data as Telling);
    else if (event === 'segments') this.append(data as { from: number; segments: Segment[] });
    else if (event === 'deleted') this.deleted = true;
  }

  private tell({ queue_position, ...progress }: Telling): void {
    if (this.job === null) return;
    const status = progress.stage === null ? this.job.status : 'processing';
    this.job = { ...this.job, status, progress, queue_position };
  }

  private append({ from, segments }: { from: number; segments: readonly Segment[] }): void {
    this.segments = [...this.segments.slice(0, from), ...segments];
  }
}

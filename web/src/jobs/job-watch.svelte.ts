import {
  getJob,
  getPartialTranscript,
  type FollowedJobEvent,
  type Job,
  type JobTelling,
  type Segment,
} from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { api, persistent } from '../api/service';
import { isOver } from './job-words';

/** How often it is read where there are no events. */
const LOOK_MS = 2000;

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
  /** Its events come in. */
  private isTold = false;
  private clock: ReturnType<typeof setInterval> | undefined;
  private readonly stopped = new AbortController();

  constructor(readonly id: string) {}

  start(): void {
    void this.follow().catch((error: unknown) => {
      if (!this.stopped.signal.aborted) this.problem = problemOf(error);
    });
    this.clock = setInterval(() => void this.lookUnlessTold(), LOOK_MS);
  }

  stop(): void {
    this.stopped.abort();
    clearInterval(this.clock);
  }

  private async follow(): Promise<void> {
    await this.lookUnlessTold();
    if (this.isOver) return;
    const events = persistent.eventsOfJob(this.id, {
      signal: this.stopped.signal,
      onOpen: () => {
        this.isTold = true;
        if (this.job === null || this.disconnected) void this.look();
      },
      onLost: () => this.goOnUntold(),
    });
    for await (const event of events) this.take(event);
    await this.goOnUntold();
  }

  /** No events come, or none any more: what is read is all that is known of it. */
  private async goOnUntold(): Promise<void> {
    this.isTold = false;
    await this.lookUnlessTold();
  }

  private async lookUnlessTold(): Promise<void> {
    if (this.isTold) return;
    await this.look();
    if (this.isOver) this.stop();
  }

  private get isOver(): boolean {
    return this.problem !== null || this.deleted || (this.job !== null && isOver(this.job));
  }

  private async look(): Promise<void> {
    const { signal } = this.stopped;
    try {
      const { data: job } = await getJob({ client: api, path: { job_id: this.id }, signal });
      await this.readText(job, signal);
      this.job = job;
      this.disconnected = false;
    } catch (error) {
      if (signal.aborted || this.deleted) return;
      const problem = problemOf(error);
      if (problem.isPassing) this.disconnected = true;
      else this.problem = problem;
    }
  }

  private async readText(job: Job, signal: AbortSignal): Promise<void> {
    // Of a completed one the editor reads the text.
    if (job.status === 'queued' || job.status === 'completed') return;
    const { data } = await getPartialTranscript({ client: api, path: { job_id: this.id }, signal });
    this.language = data.language;
    // Events know more of the text than what was read while they came.
    if (this.isTold) return;
    this.segments = data.segments;
  }

  private take(event: FollowedJobEvent): void {
    if (event.type === 'progress') this.tell(event);
    else if (event.type === 'segments') this.append(event);
    else if (event.type === 'deleted') this.deleted = true;
  }

  private tell({ queue_position, ...progress }: JobTelling): void {
    if (this.job === null) return;
    const status = progress.stage === null ? this.job.status : 'processing';
    this.job = { ...this.job, status, progress, queue_position };
  }

  private append({ from, segments }: { from: number; segments: readonly Segment[] }): void {
    this.segments = [...this.segments.slice(0, from), ...segments];
  }
}

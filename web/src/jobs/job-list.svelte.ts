import {
  getJob,
  listJobs,
  TranscriberError,
  type JobEvent,
  type JobSummary,
} from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { withFirstPage } from '../api/first-page';
import { api, persistent } from '../api/service';
import type { JobQuery } from './job-filter';
import { isOver } from './job-words';

/** A job in a list; the place in the queue is known of those that are on the screen. */
export type ListedJob = JobSummary & { readonly queue_position?: number | null };

const PAGE = 100;
/** How often what is on the screen and goes on is looked at: events tell of changes of the status only. */
const LOOK_MS = 2000;
const GATHER_MS = 300;
const MOST_LOOKS = 12;

/** A list of jobs that stays true: pages are read as they are needed, and events say what has changed. */
export class JobList {
  jobs = $state.raw<readonly ListedJob[]>([]);
  total = $state(0);
  loaded = $state(false);
  problem = $state.raw<ProblemWords | null>(null);
  now = $state(Date.now());
  private cursor: string | null = null;
  /** Pages that are being read. */
  private reading = 0;
  /** More was asked for while something was being read. */
  private wanted = false;
  private onScreen: readonly ListedJob[] = [];
  private readonly changed = new Set<string>();
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private clock: ReturnType<typeof setInterval> | undefined;
  private readonly stopped = new AbortController();

  constructor(
    private readonly query: JobQuery,
    private readonly limit = PAGE,
  ) {}

  start(): void {
    // That they cannot be followed any more shows when the list is read.
    void this.follow().catch(() => undefined);
    void this.refresh();
    this.clock = setInterval(() => void this.look(), LOOK_MS);
  }

  stop(): void {
    this.stopped.abort();
    clearTimeout(this.gathering);
    clearInterval(this.clock);
  }

  show(jobs: readonly ListedJob[]): void {
    this.onScreen = jobs;
  }

  /** Reads the first page, and puts what is new of it before the rest. */
  async refresh(): Promise<void> {
    await this.read(async () => {
      const page = await this.page({});
      const isFirst = this.cursor === null;
      const isAll = isFirst || page.next_cursor === null;
      this.jobs = withFirstPage(this.jobs, page.jobs, ({ job_id }) => job_id, isAll);
      this.total = page.total;
      if (isFirst) this.cursor = page.next_cursor;
      this.loaded = true;
    });
  }

  async more(): Promise<void> {
    const { cursor } = this;
    this.wanted = this.reading > 0;
    if (cursor === null || this.wanted || this.problem !== null) return;
    await this.read(async () => {
      const page = await this.page({ cursor });
      const known = new Set(this.jobs.map(({ job_id }) => job_id));
      this.jobs = [...this.jobs, ...page.jobs.filter(({ job_id }) => !known.has(job_id))];
      this.cursor = page.next_cursor;
      this.total = page.total;
    });
  }

  private async follow(): Promise<void> {
    const events = persistent.jobEvents({
      signal: this.stopped.signal,
      onOpen: () => void this.refresh(),
      onLost: () => this.refresh(),
    });
    for await (const event of events) this.take(event);
  }

  private async page(at: { cursor?: string }): Promise<{
    jobs: ListedJob[];
    total: number;
    next_cursor: string | null;
  }> {
    const { signal } = this.stopped;
    const query = { ...this.query, ...at, limit: this.limit };
    return (await listJobs({ client: api, query, signal })).data;
  }

  private async read(work: () => Promise<void>): Promise<void> {
    this.reading += 1;
    try {
      await work();
      this.problem = null;
    } catch (error) {
      if (!this.stopped.signal.aborted) this.problem = problemOf(error);
    } finally {
      this.reading -= 1;
      if (this.wanted && this.reading === 0) void this.more();
    }
  }

  /** Events come in crowds when many jobs are ordered: they are gathered for a moment. */
  private take({ type, job_id: id }: JobEvent): void {
    if (type === 'deleted') this.drop(id);
    else this.changed.add(id);
    clearTimeout(this.gathering);
    this.gathering = setTimeout(() => void this.catchUp(), GATHER_MS);
  }

  private async catchUp(): Promise<void> {
    const ids = [...this.changed];
    this.changed.clear();
    const before = new Set(this.jobs.map(({ job_id }) => job_id));
    await this.refresh();
    const onFirstPage = new Set(this.jobs.slice(0, this.limit).map(({ job_id }) => job_id));
    const further = ids.filter((id) => before.has(id) && !onFirstPage.has(id));
    await Promise.all(further.slice(0, MOST_LOOKS).map((id) => this.readAgain(id)));
  }

  private async look(): Promise<void> {
    this.now = Date.now();
    if (document.visibilityState !== 'visible') return;
    const going = this.onScreen.filter((job) => !isOver(job)).slice(0, MOST_LOOKS);
    await Promise.all(going.map(({ job_id }) => this.readAgain(job_id)));
  }

  private async readAgain(id: string): Promise<void> {
    try {
      const { data } = await getJob({ client: api, path: { job_id: id }, signal: this.stopped.signal });
      const { status } = this.query;
      if (status !== undefined && !status.includes(data.status)) this.drop(id);
      else this.jobs = this.jobs.map((job) => (job.job_id === id ? data : job));
    } catch (error) {
      // Whatever else is wrong shows when the list is read.
      if (error instanceof TranscriberError && error.code === 'job_not_found') this.drop(id);
    }
  }

  private drop(id: string): void {
    const rest = this.jobs.filter(({ job_id }) => job_id !== id);
    this.total -= this.jobs.length - rest.length;
    this.jobs = rest;
  }
}

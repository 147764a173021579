import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, JobHistory, JobList } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf, upload } from '../api-client.js';
import { postJson } from '../accounts.js';
import { EventStream } from '../event-stream.js';
import { TusRequests } from '../tus-requests.js';
import { waitFor } from '../wait-for.js';

type Variables = Readonly<Record<string, string>>;

const CLIP = 'clips/fr/bonjour_monde.wav';
const TUS_PIECES = 3;
/** Between one request of a kind and the next. */
const ORDER_PAUSE_MS = 700;
const POLL_PAUSE_MS = 50;
const END_LIMIT_MS = 300_000;

/** A user who does all that users do, without a break and without trying again, and who notes what failed. */
export class SteadyLoad {
  /** In words; what a client would not have to expect. */
  readonly failures: string[] = [];
  /** Requests that were answered as they should be. */
  answers = 0;
  /** Of the jobs that were accepted. */
  readonly jobIds: string[] = [];
  /** Changes of status that the stream of all jobs told, as `job status`. */
  readonly told: string[] = [];
  private calls = 0;
  private mediaId = '';
  private leaving = false;
  private gone = false;
  private lastId = '';
  private stream: EventStream | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly headers: Variables,
  ) {}

  async begin(): Promise<void> {
    const bytes = await readFile(fixturePath(CLIP));
    const { media_id: mediaId } = await this.order(upload(this.url, { file: CLIP, headers: this.headers }));
    this.mediaId = mediaId ?? '';
    this.running = Promise.all([
      this.again(ORDER_PAUSE_MS, () => this.order(upload(this.url, { file: CLIP, headers: this.headers }))),
      this.again(ORDER_PAUSE_MS, () =>
        this.order(postJson(`${this.url}/media/${this.mediaId}/jobs`, {}, this.headers)),
      ),
      this.again(ORDER_PAUSE_MS, () => this.sendByTus(Buffer.from(bytes))),
      this.again(ORDER_PAUSE_MS, () => this.orderAndWait()),
      this.again(ORDER_PAUSE_MS, () => this.call()),
      this.again(POLL_PAUSE_MS, () => this.poll()),
      this.again(
        POLL_PAUSE_MS,
        () => this.follow(),
        () => this.gone,
      ),
    ]);
  }

  /** Orders no more, waits until all that was ordered has ended, and goes. */
  async end(): Promise<void> {
    const isEnded = async (): Promise<boolean> => (await this.listUnended()).length === 0;
    const ids = this.jobIds.length;
    await waitFor(() => this.jobIds.length > ids, { what: 'one more order' });
    this.leaving = true;
    await waitFor(isEnded, { what: 'the end of all jobs', limitMs: END_LIMIT_MS });
    const isTold = (): boolean => this.jobIds.every((id) => this.told.includes(`${id} completed`));
    await waitFor(isTold, { what: 'the stream to tell of all jobs' });
    this.gone = true;
    await this.stream?.cut();
    await this.running;
  }

  /** What is wrong with the jobs: each has to be completed, once, and told of once. */
  async findFaults(): Promise<string[]> {
    const faults: string[] = [];
    for (const id of this.jobIds) {
      const { history } = await jsonOf<JobHistory>(await this.ask(`/jobs/${id}/history`));
      const ends = history.filter(({ to }) => to !== 'queued' && to !== 'processing').map(({ to }) => to);
      if (ends.join() !== 'completed') faults.push(`${id} ended as "${ends.join()}"`);
    }
    const twice = this.told.filter((line, i) => line.endsWith(' completed') && this.told.indexOf(line) !== i);
    return [...faults, ...twice.map((line) => `told twice: ${line}`)];
  }

  private async listUnended(): Promise<string[]> {
    const lists = ['queued', 'processing'].map(async (status) => {
      const response = await this.ask(`/jobs?status=${status}&limit=1`);
      return (await jsonOf<JobList>(response)).jobs.map(({ job_id: id }) => id);
    });
    return (await Promise.all(lists)).flat();
  }

  private async again(
    pauseMs: number,
    act: () => Promise<unknown>,
    isOver = (): boolean => this.leaving,
  ): Promise<void> {
    while (!isOver()) {
      await act().catch((error: unknown) => {
        const cause =
          error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
        this.failures.push(`${String(error)}${cause}`);
      });
      await pause(pauseMs);
    }
  }

  private async order(request: Promise<Response>): Promise<Job> {
    const job = await jsonOf<Job>(await this.good('an order', request));
    this.jobIds.push(job.job_id);
    return job;
  }

  private async sendByTus(bytes: Buffer<ArrayBuffer>): Promise<void> {
    const tus = new TusRequests(`${this.url}/uploads/tus`, this.headers);
    const size = { 'upload-length': String(bytes.length) };
    const created = await this.good('the beginning of an upload', tus.create(size));
    const url = tus.locationOf(created);
    const step = Math.ceil(bytes.length / TUS_PIECES);
    for (let at = 0; at < bytes.length; at += step) {
      const appended = await this.good('a piece', tus.append(url, at, bytes.subarray(at, at + step)));
      const id = appended.headers.get('x-job-id');
      if (id !== null) this.jobIds.push(id);
    }
  }

  private orderAndWait(): Promise<Job> {
    const headers = { ...this.headers, prefer: 'wait=10' };
    return this.order(upload(this.url, { file: CLIP, headers }));
  }

  /** Of the OpenAI API. What an ending process could not wait for is repeated, as the packages of that do. */
  private async call(): Promise<void> {
    const headers = { ...this.headers, 'idempotency-key': `call-${this.calls++}` };
    const input = { path: '/v1/audio/transcriptions', file: CLIP, fields: { model: 'whisper-1' }, headers };
    const first = await upload(this.url, input);
    const isBrokenOff = first.status === 503 && first.headers.has('retry-after');
    const response = await this.good(
      'a call',
      isBrokenOff ? upload(this.url, input) : Promise.resolve(first),
    );
    await response.body?.cancel();
  }

  private async poll(): Promise<void> {
    const id = this.jobIds.at(-1) ?? '';
    const response = await this.good('a poll', this.ask(`/jobs/${id}`));
    await response.body?.cancel();
  }

  /** That a stream ends is a part of it: its client comes back with what it has. */
  private async follow(): Promise<void> {
    const headers = { ...this.headers, 'last-event-id': this.lastId };
    this.stream = await EventStream.open(`${this.url}/jobs/events`, headers);
    this.answers += 1;
    await this.stream.until(({ data }) => {
      this.told.push(`${String(data['job_id'])} ${String(data['to'])}`);
      return false;
    });
    // Also of a stream that told nothing but where it begins.
    this.lastId = this.stream.lastId;
  }

  private ask(path: string): Promise<Response> {
    return fetch(this.url + path, { headers: this.headers });
  }

  private async good(what: string, request: Promise<Response>): Promise<Response> {
    const response = await request;
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
    this.answers += 1;
    return response;
  }
}

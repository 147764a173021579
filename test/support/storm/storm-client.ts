import type { Job, JobHistory, JobList, Transcript } from '@whisper-transcriber/client-sdk';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonOf, transcribe, upload } from '../api-client.js';

/** Short recordings of several languages. */
const CLIPS = [
  'clips/fr/bonjour_monde.wav',
  'clips/es/pangrama.wav',
  'clips/ja/konnichiwa_sekai.wav',
  'clips/pt/pangrama.wav',
  'clips/en/librivox_0880.wav',
  'clips/en/librivox_0890.wav',
] as const;

/** Of waiting for the service while it is away, and for its answers. */
const AGAIN_AFTER_MS = 200;
const REQUEST_LIMIT_MS = 20_000;

interface Order {
  readonly clip: string;
  readonly jobId: string;
}

/** A user who orders transcripts while the service is killed again and again, and who repeats what was not answered. */
export class StormClient {
  private readonly references = new Map<string, Transcript>();
  private readonly orders: Order[] = [];
  private begun = 0;

  /** @param url where the service is, which may be elsewhere after it was started again */
  constructor(
    private readonly url: () => string,
    /** Of each request. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Before the storm: what each recording gives when nothing disturbs it. */
  async learn(): Promise<void> {
    for (const clip of CLIPS) {
      const { job_id: id } = await transcribe(this.url(), { file: clip, headers: this.headers });
      this.references.set(clip, await jsonOf<Transcript>(await this.ask(`/transcripts/${id}`)));
    }
  }

  /** Orders so many jobs, one after the other; each is repeated under its key until it is accepted. */
  async order(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const n = this.begun++;
      const clip = CLIPS[n % CLIPS.length] ?? CLIPS[0];
      const headers = { ...this.headers, 'idempotency-key': `storm-${n}` };
      const { job_id: jobId } = await this.insist<Job>(() => upload(this.url(), { file: clip, headers }));
      this.orders.push({ clip, jobId });
    }
  }

  /** Waits until all that was ordered has ended. */
  async untilEnded(): Promise<void> {
    for (const { jobId } of this.orders) {
      for (;;) {
        const { status } = await this.insist<Job>(() => this.ask(`/jobs/${jobId}`));
        if (status !== 'queued' && status !== 'processing') break;
        await pause(AGAIN_AFTER_MS);
      }
    }
  }

  get jobIds(): readonly string[] {
    return this.orders.map(({ jobId }) => jobId);
  }

  /** What is wrong with the outcome, in words; nothing where each job was completed once, with the text that it has without a storm. */
  async findFaults(): Promise<string[]> {
    const faults: string[] = [];
    const { total } = await this.insist<JobList>(() => this.ask('/jobs?limit=1'));
    const expected = this.orders.length + this.references.size;
    if (total !== expected) faults.push(`there are ${total} jobs in place of ${expected}`);
    if (new Set(this.jobIds).size !== this.orders.length) faults.push('two orders got the same job');
    for (const order of this.orders) faults.push(...(await this.findFaultsOf(order)));
    return faults;
  }

  private async findFaultsOf({ clip, jobId }: Order): Promise<string[]> {
    const { history } = await this.insist<JobHistory>(() => this.ask(`/jobs/${jobId}/history`));
    const ends = history.filter(({ to }) => to !== 'queued' && to !== 'processing').map(({ to }) => to);
    if (ends.join() !== 'completed') return [`${clip} (${jobId}) ended as "${ends.join()}"`];
    const transcript = await this.insist<Transcript>(() => this.ask(`/transcripts/${jobId}`));
    const reference = this.references.get(clip);
    const isSame =
      JSON.stringify({ ...transcript, job_id: '' }) === JSON.stringify({ ...reference, job_id: '' });
    return isSame ? [] : [`${clip} (${jobId}) has another text than without a storm`];
  }

  private ask(path: string): Promise<Response> {
    return fetch(this.url() + path, { headers: this.headers, signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
  }

  private async insist<T>(send: () => Promise<Response>): Promise<T> {
    for (;;) {
      const response = await send().catch(() => null);
      if (response?.ok === true) return await jsonOf<T>(response).catch(() => this.insist<T>(send));
      if (response !== null && response.status < 500 && response.status !== 409 && response.status !== 429)
        throw new Error(`${response.status} ${await response.text()}`);
      await response?.body?.cancel();
      await pause(AGAIN_AFTER_MS);
    }
  }
}

import { readFile } from 'node:fs/promises';
import OpenAI, { toFile } from 'openai';
import { fixturePath } from './api-client.js';
import { executeSql, openOnServer, type TestDatabase } from './databases.js';
import { query } from './embedded-server.js';
import { askOpenAi, SPEECH, type Part } from './openai-requests.js';
import { startService, type RunningService } from './start-service.js';
import { TcpProxy } from './tcp-proxy.js';
import { waitFor } from './wait-for.js';

/** Of a client that waits no longer than this, so that it is answered at once. */
export const IN_A_HURRY = { 'x-stainless-timeout': '1' };
export const AGAIN = { 'x-stainless-retry-count': '1' };
export const SPEECH_FORM: Part[] = [
  ['model', 'whisper-1'],
  ['file', { file: SPEECH }],
];
const EMPTY = `truncate openai_calls, transcripts, transcript_versions, transcript_drafts, transcript_draft_pieces;
  delete from jobs; delete from media_files`;

interface WaitingJob {
  readonly id: string;
  readonly status: string;
  readonly waiters: number;
}

/** Two processes of one service, neither of which works on jobs: calls of the OpenAI API wait there until a worker is started. */
export class OpenAiRoom {
  private worker: RunningService | undefined;

  private constructor(
    readonly database: TestDatabase,
    /** Does not keep quiet for more than a second. */
    readonly service: RunningService,
    readonly other: RunningService,
  ) {}

  static async open(): Promise<OpenAiRoom> {
    const database = await openOnServer();
    const env = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false' };
    const service = await startService({ env: { ...env, OPENAI_SILENCE_SECONDS: '1' } });
    const other = await startService({ env, dataDir: service.dataDir });
    return new OpenAiRoom(database, service, other);
  }

  /** Forgets all jobs, and ends the worker. */
  async empty(): Promise<void> {
    await this.worker?.stop();
    this.worker = undefined;
    await executeSql(this.database.url, EMPTY);
  }

  async close(): Promise<void> {
    await this.other.stop();
    await this.service.stop();
    await this.database.close();
  }

  async startWorker(): Promise<void> {
    const env = { DATABASE_URL: this.database.url };
    this.worker = await startService({ program: 'worker', env, dataDir: this.service.dataDir });
  }

  ask(
    headers: Readonly<Record<string, string>>,
    { url }: RunningService = this.service,
    signal?: AbortSignal,
  ): Promise<Response> {
    return askOpenAi(url, SPEECH_FORM, { headers, ...(signal === undefined ? {} : { signal }) });
  }

  async jobs(): Promise<readonly WaitingJob[]> {
    const rows = await query(
      this.database.url,
      'select id, status, waiters from jobs join openai_calls on job_id = id order by id',
    );
    return rows as unknown as WaitingJob[];
  }

  failJobs(code: string, detail: string): Promise<void> {
    return executeSql(
      this.database.url,
      `update jobs set status = 'failed', error_code = '${code}', error_detail = '${detail}', finished_at = now()`,
    );
  }

  waitForStatus(status: string): Promise<void> {
    return waitFor(async () => (await this.jobs())[0]?.status === status, {
      what: `a job that is ${status}`,
    });
  }

  waitForWaiters(count: number): Promise<void> {
    return waitFor(async () => (await this.jobs())[0]?.waiters === count, { what: `${count} waiting calls` });
  }

  /** By the clock that counts it: until a job is given up that nobody comes back for. */
  async waitForEndOfGrace(): Promise<void> {
    const [row] = await query(this.database.url, "select (now() + interval '8 seconds')::text as time");
    const isOver = async (): Promise<boolean> =>
      (await query(this.database.url, `select 1 where now() > '${String(row?.['time'])}'`)).length === 1;
    await waitFor(isOver, { what: 'the end of the time in which a client comes back' });
  }
}

export async function proxyBefore(
  { url }: RunningService,
  options: { readonly idleMs?: number } = {},
): Promise<TcpProxy> {
  const proxy = new TcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port), ...options });
  await proxy.open();
  return proxy;
}

/** The text that the client of OpenAI for Node gets by way of a proxy. */
export async function askByNode({ port }: TcpProxy): Promise<string> {
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'none' });
  const file = await toFile(readFile(fixturePath(SPEECH)), 'speech.wav');
  return (await client.audio.transcriptions.create({ model: 'whisper-1', file })).text;
}

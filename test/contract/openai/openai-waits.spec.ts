/** Calls of the OpenAI API that take long: how they stay alive, fail late, are repeated and given up. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobList, MediaList } from '@whisper-transcriber/client-sdk';
import OpenAI, { toFile } from 'openai';
import { fixturePath, jsonOf } from '../../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../../support/databases.js';
import { query } from '../../support/embedded-server.js';
import { longRecording } from '../../support/long-recording.js';
import {
  askOpenAi,
  refusalOf,
  SPEECH,
  SPOKEN,
  type OpenAiError,
  type Part,
} from '../../support/openai-requests.js';
import { startService, type RunningService } from '../../support/start-service.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

/** Of a client that waits no longer than this, so that it is answered at once. */
const IN_A_HURRY = { 'x-stainless-timeout': '1' };
const AGAIN = { 'x-stainless-retry-count': '1' };
const FORM: Part[] = [
  ['model', 'whisper-1'],
  ['file', { file: SPEECH }],
];
const LIMIT_MS = 120_000;
const EMPTY = `truncate openai_calls, transcripts, transcript_drafts, transcript_draft_pieces;
  delete from jobs; delete from media_files`;

let database: TestDatabase;
/** Two processes of one service, neither of which works on jobs. */
let service: RunningService;
let other: RunningService;
let worker: RunningService | undefined;

beforeAll(async () => {
  database = await openOnServer();
  const env = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false' };
  service = await startService({ env });
  other = await startService({ env, dataDir: service.dataDir });
}, LIMIT_MS);

afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await executeSql(database.url, EMPTY);
});

afterAll(async () => {
  await other.stop();
  await service.stop();
  await database.close();
});

async function startWorker(): Promise<void> {
  const env = { DATABASE_URL: database.url };
  worker = await startService({ program: 'worker', env, dataDir: service.dataDir });
}

const ask = (
  headers: Record<string, string>,
  baseUrl = service.url,
  signal?: AbortSignal,
): Promise<Response> => askOpenAi(baseUrl, FORM, { headers, ...(signal === undefined ? {} : { signal }) });

async function jobs(): Promise<{ id: string; status: string; waiters: number }[]> {
  return (await query(
    database.url,
    'select id, status, waiters from jobs join openai_calls on job_id = id order by id',
  )) as { id: string; status: string; waiters: number }[];
}

async function waitForWaiters(count: number): Promise<void> {
  await waitFor(async () => (await jobs())[0]?.waiters === count, { what: `${count} waiting calls` });
}

describe('a call that takes long', () => {
  it('is kept alive by spaces, and is JSON all the same', async () => {
    const answer = await ask(IN_A_HURRY);
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, null]);
    await startWorker();
    const text = await answer.text();

    expect(text).toMatch(/^ +\{/);
    expect(JSON.parse(text)).toMatchObject({ text: SPOKEN });
  });

  it('breaks off when it fails late, and tells why when it is repeated', async () => {
    const answer = await ask(IN_A_HURRY);
    await executeSql(
      database.url,
      `update jobs set status = 'failed', error_code = 'transcription_failed', error_detail = 'It broke.', finished_at = now()`,
    );
    await expect(answer.text()).rejects.toThrow('terminated');
    const repeated = await ask(AGAIN);

    expect([repeated.status, repeated.headers.get('x-should-retry')]).toEqual([500, 'false']);
    expect(await repeated.json()).toEqual({
      error: { message: 'It broke.', type: 'server_error', param: null, code: null },
    });
  });

  it('tells in a stream why it failed', async () => {
    const answer = await askOpenAi(service.url, [...FORM, ['stream', 'true']]);
    await executeSql(
      database.url,
      `update jobs set status = 'failed', error_code = 'corrupt_media', error_detail = 'It is damaged.', finished_at = now()`,
    );
    const [data = ''] = (await answer.text()).split('\n\n').filter((block) => block.startsWith('data: '));

    expect(JSON.parse(data.slice('data: '.length)) as OpenAiError).toEqual({
      error: { message: 'It is damaged.', type: 'invalid_request_error', param: 'file', code: null },
    });
  });

  it(
    'streams its text while the rest is worked on',
    async () => {
      const form = new FormData();
      form.set('model', 'whisper-1');
      form.set('stream', 'true');
      form.set('file', new Blob([await longRecording(12 * 2 ** 20)]), 'long.wav');
      const answer = await fetch(`${service.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
      await startWorker();
      let text = '';
      let statusAtFirstDelta: string | undefined;
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        if (text.includes('.delta')) statusAtFirstDelta ??= (await jobs())[0]?.status;
      }

      expect(statusAtFirstDelta).toBe('processing');
      const events = text
        .split('\n\n')
        .filter((block) => block.startsWith('data: {'))
        .map((block) => JSON.parse(block.slice('data: '.length)) as { delta?: string; text?: string });
      expect(events.length).toBeGreaterThan(3);
      expect(events.map(({ delta = '' }) => delta).join('')).toBe(events.at(-1)?.text);
    },
    LIMIT_MS,
  );
});

describe('a call that nobody waits for', () => {
  it('is cancelled', async () => {
    const client = new AbortController();
    const answer = ask({}, service.url, client.signal);
    await waitForWaiters(1);
    client.abort();
    await expect(answer).rejects.toThrow('aborted');

    await waitFor(async () => (await jobs())[0]?.status === 'cancelled', { what: 'the end of the job' });
  });

  it('goes on for another one that waits, at whatever process', async () => {
    const client = new AbortController();
    const first = ask({}, service.url, client.signal);
    await waitForWaiters(1);
    const second = ask(AGAIN, other.url);
    await waitForWaiters(2);
    client.abort();
    await expect(first).rejects.toThrow('aborted');
    await waitForWaiters(1);
    await startWorker();

    expect(await (await second).json()).toMatchObject({ text: SPOKEN });
    expect(await jobs()).toMatchObject([{ status: 'completed' }]);
  });

  it(
    'is dropped with its recording some time after its answer',
    async () => {
      await startWorker();
      expect((await ask({})).status).toBe(200);
      await executeSql(database.url, "update openai_calls set awaited_until = now() - interval '1 hour'");
      await waitFor(async () => (await jobs()).length === 0, { limitMs: 90_000, what: 'the job to go' });

      const read = async <T>(path: string): Promise<T> => jsonOf<T>(await fetch(service.url + path));
      expect(await read<JobList>('/jobs')).toMatchObject({ total: 0 });
      await waitFor(async () => (await read<MediaList>('/media')).total === 0, {
        what: 'the recording to go',
      });
    },
    LIMIT_MS,
  );
});

describe('a call that is repeated', () => {
  it('gets the job of the first one by the OpenAI client itself', async () => {
    const proxy = new TcpProxy({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
    await proxy.open();
    const client = new OpenAI({ baseURL: `http://127.0.0.1:${proxy.port}/v1`, apiKey: 'none' });
    const answer = client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await toFile(readFile(fixturePath(SPEECH)), 'speech.wav'),
    });
    await waitForWaiters(1);
    await proxy.cut();
    await proxy.open();
    await waitFor(async () => (await jobs())[0]?.waiters === 1, { what: 'the repeated call' });
    await startWorker();

    expect((await answer).text).toBe(SPOKEN);
    expect(await jobs()).toMatchObject([{ status: 'completed' }]);
    await proxy.cut();
  });

  it('is another one without the word of the client that it repeats', async () => {
    await startWorker();
    await (await ask({})).text();
    await (await ask({})).text();

    expect(await jobs()).toHaveLength(2);
  });

  it('has one job for a key, however often it comes at the same time', async () => {
    const key = { 'idempotency-key': 'the same' };
    const answers = Promise.all([ask(key), ask(key, other.url), ask(key)]);
    await waitForWaiters(3);
    await startWorker();

    expect(await Promise.all((await answers).map((answer) => answer.json()))).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ text: SPOKEN })),
    );
    expect(await jobs()).toHaveLength(1);
  });

  it('is refused where its key belongs to something else', async () => {
    const key = { 'idempotency-key': 'the same' };
    await startWorker();
    await (await ask(key)).text();
    const different = await askOpenAi(service.url, [...FORM, ['temperature', '0.2']], { headers: key });

    expect(different.headers.get('x-should-retry')).toBe('false');
    expect(await refusalOf(different)).toEqual([422, null, 'idempotency_key_reused']);
  });
});

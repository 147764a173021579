/** One request is followed through the logs of all processes that have to do with it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf, upload } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { killEngineOf } from '../support/engine-process.js';
import { HookReceiver } from '../support/hook-receiver.js';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 180_000;
const CLIP = 'clips/fr/bonjour_monde.wav';

interface Entry {
  readonly message: string;
  readonly request_id?: string;
  readonly job_id?: string;
}

let dataDir: string;
let database: TestDatabase;
let receiver: HookReceiver;
let api: RunningService;
let worker: RunningService;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'request-ids-'));
  database = await openOnServer();
  receiver = await HookReceiver.open();
  const env = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', WEBHOOK_ALLOW: '127.0.0.1' };
  api = await startService({ dataDir, env });
  worker = await startService({ program: 'worker', dataDir, env });
  await postJson(`${api.url}/webhooks`, { url: receiver.url() });
}, LIMIT_MS);

afterAll(async () => {
  await Promise.all([api.stop(), worker.stop()]);
  await receiver.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
}, LIMIT_MS);

const entriesOf = (service: RunningService): Entry[] =>
  service
    .log()
    .split('\n')
    // The last line may be under way.
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry);

const messagesOf = (service: RunningService, requestId: string, jobId?: string): string[] =>
  entriesOf(service)
    .filter((entry) => entry.request_id === requestId && (jobId === undefined || entry.job_id === jobId))
    .map(({ message }) => message);

async function order(requestId: string, content?: Uint8Array): Promise<string> {
  const response = await upload(api.url, {
    ...(content === undefined ? { file: CLIP } : { content }),
    headers: { 'x-request-id': requestId },
  });
  expect(response.headers.get('x-request-id')).toBe(requestId);
  return (await jsonOf<Job>(response)).job_id;
}

describe('the id of a request', () => {
  it(
    'is in the entries of the API, of the worker and of the webhook, with the id of its job',
    async () => {
      const id = await order('order-4711');
      const all = (): string[] => [api, worker].flatMap((service) => messagesOf(service, 'order-4711', id));
      await waitFor(() => all().includes('Webhook attempt'), { limitMs: 60_000, what: 'the webhook' });

      expect(messagesOf(api, 'order-4711')).toEqual(
        expect.arrayContaining(['Job queued', 'Request completed']),
      );
      expect(messagesOf(worker, 'order-4711', id)).toEqual(
        expect.arrayContaining(['Job started', 'Job completed']),
      );
    },
    LIMIT_MS,
  );

  it(
    'is in the entries about the process of the engine, and in no entry about the work of another request',
    async () => {
      const id = await order('order-4712', await longRecording(3 * 60 * 32_000));
      await waitFor(async () => {
        const job = await jsonOf<Job>(await fetch(`${api.url}/jobs/${id}`));
        return job.progress.stage === 'transcribing';
      });
      killEngineOf(worker.pid);
      await waitFor(() =>
        messagesOf(worker, 'order-4712', id).includes('The engine process was ended by SIGKILL'),
      );
      await fetch(`${api.url}/jobs/${id}/cancel`, { method: 'POST' });

      const next = await order('order-4713');
      await waitFor(() => messagesOf(worker, 'order-4713', next).includes('Job completed'), {
        limitMs: 60_000,
        what: 'the next job',
      });
      const mixed = entriesOf(worker).filter(
        (entry) => (entry.job_id === next) !== (entry.request_id === 'order-4713'),
      );
      expect(mixed).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe('the log of every process', () => {
  it('is JSON, line by line, with no field but those that docs/logs.md names; nothing else is printed by a worker', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../docs/logs.md'), 'utf8');
    const documented = new Set([...page.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name));
    const fields = new Set([api, worker].flatMap(entriesOf).flatMap((entry) => Object.keys(entry)));

    expect([...fields].filter((field) => !documented.has(field))).toEqual([]);
    expect(worker.errors()).toBe('');
  });

  it('follows the level that an administrator sets, in workers too', async () => {
    const change = (level: string | null): Promise<Response> =>
      fetch(`${api.url}/admin/settings`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ values: { LOG_LEVEL: level } }),
      });
    const told = (): number =>
      entriesOf(worker).filter(({ message }) => message === 'Settings changed').length;
    expect((await change('info')).status).toBe(200);
    await waitFor(() => told() === 1, { what: 'the worker to hear of it' });
    await change('error');
    const levels = `${api.url}/jobs/`;
    const id = await order('order-4714');
    await waitFor(async () => (await jsonOf<Job>(await fetch(levels + id))).status === 'completed', {
      limitMs: 60_000,
    });
    const before = entriesOf(worker).length;
    const quiet = await order('order-4715');
    await waitFor(async () => (await jsonOf<Job>(await fetch(levels + quiet))).status === 'completed', {
      limitMs: 60_000,
    });

    expect(entriesOf(worker)).toHaveLength(before);
  }, 150_000);
});

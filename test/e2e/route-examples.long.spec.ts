/** The examples of docs/api/routes.md, as they stand there but for addresses and ids, from its beginning to its end. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  cancelJob,
  createBatch,
  createClient,
  createVoice,
  createWebhook,
  getModel,
  initializeUpload,
  listJobs,
  listWorkers,
  uploadMedia,
  type TranscriberClient,
} from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, becomeAdministrator, BOOTSTRAP_PASSWORD } from '../support/accounts.js';
import { fixturePath, transcribe } from '../support/api-client.js';
import { codeBlocksOf, type CodeBlock } from '../support/code-blocks.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { longRecording } from '../support/long-recording.js';
import { MINIATURE_DIR, openMiniatureHub } from '../support/miniature-model.js';
import { OutsideServer } from '../support/outside-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCUMENTED = 'http://127.0.0.1:8001';
const SAMPLE = 'docs/samples/sense-and-sensibility.wav';
const MIB = 2 ** 20;
/** How long a stream is read that never ends by itself. */
const STREAM_SECONDS = 2;
const execute = promisify(execFile);

const [preamble, ...blocks] = [
  ...codeBlocksOf('docs/api/routes.md')
    .filter(({ language }) => language === 'js')
    .slice(0, 1),
  ...codeBlocksOf('docs/api/routes.md')
    .filter(({ language }) => language === 'sh' || language === 'js')
    .slice(1),
];

let hub: HubMirror;
let outside: OutsideServer;
let service: RunningService;
let transcriber: TranscriberClient;
let folder: string;
let audio: Blob;

beforeAll(async () => {
  hub = await openMiniatureHub({
    repositories: { 'onnx-community/whisper-small_timestamped': MINIATURE_DIR },
  });
  const sample = await readFile(fixturePath(SAMPLE));
  audio = new Blob([sample]);
  outside = await OutsideServer.http((request, response) => {
    if (request.method === 'GET') response.writeHead(200, { 'content-type': 'audio/wav' }).end(sample);
    else request.resume().on('end', () => response.writeHead(204).end());
  });
  folder = await mkdtemp(path.join(tmpdir(), 'examples-'));
  await mkdir(path.join(folder, 'docs/samples'), { recursive: true });
  await copyFile(fixturePath(SAMPLE), path.join(folder, SAMPLE));
  const names = ['talk', 'interview', 'meeting', 'one', 'two'].map((name) => `${name}.mp3`);
  for (const name of [...names, 'call.wav', 'bonjour.wav', 'elinor.wav'])
    await copyFile(fixturePath(SAMPLE), path.join(folder, name));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  service = await startService({
    env: {
      MODEL_HUB_URL: hub.url,
      MODEL_DIR: path.join(folder, 'models'),
      URL_FETCH_ALLOW: '127.0.0.1',
      WEBHOOK_ALLOW: '127.0.0.1',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
      MAX_ACTIVE_JOBS_PER_USER: '1000',
    },
  });
  await becomeAdministrator(service.url);
  transcriber = createClient({ baseUrl: service.url });
  for (let n = 0; n < 2; n += 1) await transcribe(service.url, { file: SAMPLE, fields: { language: 'en' } });
});

afterAll(async () => {
  await service.stop();
  await outside.close();
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

/** What an example leaves at work would keep the next ones waiting. */
afterEach(async () => {
  const { api } = transcriber;
  const { data } = await listJobs({ client: api, query: { status: ['queued', 'processing'], limit: 100 } });
  for (const { job_id: id } of data.jobs)
    // It may have ended meanwhile.
    await cancelJob({ client: api, path: { job_id: id } }).catch(() => undefined);
});

async function addMedia(): Promise<string> {
  const { data } = await uploadMedia({ client: transcriber.api, body: { file: audio } });
  return data.media_id;
}

async function addLongJob(): Promise<string> {
  return transcriber.submit(await longRecording(5 * MIB), { filename: 'long.wav' });
}

/** What a name in capitals stands for: a new thing for each example. */
const FILLED: Readonly<Record<string, () => Promise<string>>> = {
  // Before those that keep the worker.
  JOB_ID: async () => (await transcriber.waitFor(await transcriber.submit(audio))).job_id,
  ACTIVE_JOB_ID: addLongJob,
  QUEUED_JOB_ID: async () => {
    // It keeps the worker, also when the active one is cancelled.
    await addLongJob();
    return addLongJob();
  },
  MEDIA_ID: addMedia,
  OTHER_MEDIA_ID: addMedia,
  UPLOAD_ID: async () => {
    const body = { filename: 'talk.wav', file_size: 1000 };
    return (await initializeUpload({ client: transcriber.api, body })).data.session_id;
  },
  BATCH_ID: async () => {
    const body = { media_ids: [await addMedia()] };
    return (await createBatch({ client: transcriber.api, body })).data.batch_id;
  },
  WEBHOOK_ID: async () => {
    const body = { url: outside.url('/hooks', '127.0.0.1') };
    return (await createWebhook({ client: transcriber.api, body })).data.id;
  },
  VOICE_ID: async () =>
    (await createVoice({ client: transcriber.api, body: { name: 'Lucy Steele', file: audio } })).data.id,
  NEXT_CURSOR: async () => {
    const query = { text: 'dashwood', limit: 1 };
    return (await listJobs({ client: transcriber.api, query })).data.next_cursor ?? '';
  },
  WORKER_ID: async () => (await listWorkers({ client: transcriber.api })).data.workers[0]?.id ?? '',
};

async function fill(code: string): Promise<string> {
  let filled = code
    .replaceAll(DOCUMENTED, service.url)
    .replaceAll('https://example.com', outside.url('', '127.0.0.1'))
    .replaceAll('…', ADMIN_PASSWORD);
  for (const [name, find] of Object.entries(FILLED)) {
    const place = new RegExp(`\\b${name}\\b`, 'g');
    if (place.test(filled)) {
      const value = await find();
      filled = filled.replace(place, value);
    }
  }
  return filled;
}

async function runCurl(line: string): Promise<void> {
  const isEndless = line.includes('/jobs/events');
  // A probe may come while an engine is replaced.
  const patience = isEndless ? `--max-time ${STREAM_SECONDS}` : '--retry 3';
  const options = `--silent --show-error --fail-with-body ${patience}`;
  const command = line.replace(/^curl /, `curl ${options} `);
  const failure = await execute('bash', ['-c', command], { cwd: folder, encoding: 'latin1' }).then(
    () => null,
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  // 28: the time is over.
  if (failure === null || (isEndless && failure.code === 28)) return;
  throw new Error(`${command}\n${failure.stdout}\n${failure.stderr}`);
}

async function runModule(code: string): Promise<void> {
  const file = path.join(folder, 'example.mjs');
  await writeFile(file, `${await fill(preamble?.code ?? '')}\n${code}`);
  await execute(process.execPath, [file], { cwd: folder });
}

async function run({ language, code }: CodeBlock): Promise<void> {
  const filled = await fill(code);
  if (language === 'js') return runModule(filled);
  for (const line of filled.trim().split('\n')) {
    if (line.includes('-X DELETE') && line.includes('/admin/models/small'))
      await waitFor(async () => {
        const { data } = await getModel({ client: transcriber.api, path: { name: 'small' } });
        return data.state === 'ready';
      });
    await runCurl(line);
  }
}

describe('an example of docs/api/routes.md', () => {
  it.each(blocks.map((block, n) => [n + 1, block.heading, block.language, block] as const))(
    'is right: %d, of "%s", in %s',
    async (_number, _heading, _language, block) => {
      await run(block);
    },
  );
});

describe('docs/api/routes.md', () => {
  interface Operation {
    readonly operationId: string;
    readonly tags: readonly string[];
  }

  it('has examples of both kinds for every group of routes', async () => {
    const { paths } = JSON.parse(await readFile(path.join(ROOT, 'docs/api/openapi.json'), 'utf8')) as {
      paths: Record<string, Record<string, Operation>>;
    };
    const operations = Object.entries(paths).flatMap(([route, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, route, method })),
    );
    const tags = [...new Set(operations.flatMap((operation) => operation.tags))].toSorted();
    const code = (language: string): string =>
      blocks
        .filter((block) => block.language === language)
        .map((block) => block.code)
        .join('\n');
    const called = new Set([...code('js').matchAll(/sdk\.(\w+)\(/g)].map(([, name]) => name));
    // These are what the SDK has in place of single requests.
    if (code('js').includes('transcriber.submit(')) called.add('createTusUpload');
    if (code('js').includes('transcriber.transcribeUrl(')) called.add('uploadByUrl');
    if (code('js').includes('transcriber.waitFor(')) called.add('followJob');
    const asked = [...code('sh').matchAll(/http:\/\/127\.0\.0\.1:8001(\/[^\s'?]*)/g)].map(
      ([, route]) => route ?? '',
    );
    const isAsked = ({ route }: { route: string }): boolean => {
      const pattern = new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}/?$`);
      return asked.some((one) => pattern.test(one));
    };
    const tagsOf = (isMeant: (operation: (typeof operations)[number]) => boolean): string[] =>
      [...new Set(operations.filter(isMeant).flatMap((operation) => operation.tags))].toSorted();

    expect(tagsOf(({ operationId }) => called.has(operationId))).toEqual(tags);
    expect(tagsOf(isAsked)).toEqual(tags);
  });
});

/** Every operation of the OpenAPI document, asked well and badly: each answer must be one that the document describes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminModel, Job, ModelList, Transcript } from '@whisper-transcriber/client-sdk';
import { jsonOf, transcribe, upload } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { killEngineOf } from '../support/engine-process.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { LARGE_FILE, openMiniatureHub } from '../support/miniature-model.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TAGS_WITH_OWN_SPECS } from '../support/tags-with-own-specs.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const LONG_SPEECH = 'clips/en/words_exact.flac';
const TOKEN = 'metrics-token-for-tests';
const UPLOADS = ['createTranscription', 'createTranscriptionUnderApi', 'createJob'] as const;

interface Question {
  readonly jobId?: string;
  readonly model?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A form with this file (or none: '') and these fields, in place of `body`. */
  readonly file?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const contract = new OpenApiContract();
let database: TestDatabase;
let proxy: TcpProxy;
let hub: HubMirror;
let service: RunningService;
/** Jobs in each state that can be brought about for good. */
let completed: Job;
let failed: Job;

beforeAll(async () => {
  database = await openOnServer();
  const reached = await TcpProxy.before(database.url);
  ({ proxy } = reached);
  hub = await openMiniatureHub();
  service = await startService({
    env: {
      DATABASE_URL: reached.url,
      MODEL_HUB_URL: hub.url,
      METRICS_TOKEN: TOKEN,
      ADMIN_METRICS_TOKEN: TOKEN,
      MAX_UPLOAD_MB: '1',
      MAX_AUDIO_HOURS: '1',
      JOB_MAX_ATTEMPTS: '1',
    },
  });
  failed = await loseEngine();
  completed = await transcribe(service.url, { file: SPEECH });
}, 120_000);

afterAll(async () => {
  await service.stop();
  await hub.close();
  await proxy.cut();
  await database.close();
});

async function loseEngine(): Promise<Job> {
  const job = await jsonOf<Job>(await upload(service.url, { file: LONG_SPEECH }));
  const address = `${service.url}${job.links.self}`;
  await waitFor(async () => (await jsonOf<Job>(await fetch(address))).status === 'processing');
  killEngineOf(service.pid);
  return jsonOf<Job>(await fetch(address, { headers: { prefer: 'wait=60' } }));
}

function ask(operationId: string, question: Question): Promise<Response> {
  const { method, path } = contract.getOperation(operationId);
  const filled = path
    .replace('{job_id}', question.jobId ?? UNKNOWN_ID)
    .replace('{id}', UNKNOWN_ID)
    .replace('{name}', question.model ?? 'tiny');
  const target = filled + (question.query ?? '');
  if (question.file === undefined) {
    const { headers = {}, body = null } = question;
    return fetch(`${service.url}${target}`, { method: method.toUpperCase(), headers, body });
  }
  const { file, fields = {}, headers = {} } = question;
  return upload(service.url, { path: target, fields, headers, ...(file === '' ? {} : { file }) });
}

async function expectDocumented(operationId: string, question: Question, status: number): Promise<void> {
  const response = await ask(operationId, question);
  expect([response.status, await contract.findFaults(operationId, response)]).toEqual([status, []]);
}

describe('the OpenAPI document describes the answer of', () => {
  it.each<[string, Question, number]>([
    ['getHealth', {}, 200],
    ['getLiveness', {}, 200],
    ['getLivez', {}, 200],
    ['getReadiness', {}, 200],
    ['getReadyz', {}, 200],
    ...['getStartup', 'getStartupz'].map((name): [string, Question, number] => [name, {}, 200]),
    ['getVersion', {}, 200],
    ['listModels', {}, 200],
    ['getUsage', {}, 200],
    ['getMetrics', { headers: { authorization: `Bearer ${TOKEN}` } }, 200],
    ['getMetrics', {}, 403],
    ['getMetrics', { headers: { authorization: 'Bearer wrong' } }, 403],
    ['getUploadMetrics', { headers: { 'x-admin-token': TOKEN } }, 200],
  ])('%s to %j', async (operationId, question, status) => {
    await expectDocumented(operationId, question, status);
  });

  it.each<[string, number]>([
    ['', 200],
    ['?skip=1&limit=1', 200],
    ['?limit=0', 422],
    ['?limit=1001', 422],
    ['?skip=-1', 422],
    ['?skip=x', 422],
    ['?page=2', 422],
  ])('listJobs to %s', async (query, status) => {
    await expectDocumented('listJobs', { query }, status);
  });

  it('getJob for a job in each state', async () => {
    expect([completed.status, failed.status]).toEqual(['completed', 'failed']);
    await expectDocumented('getJob', { jobId: completed.job_id }, 200);
    await expectDocumented('getJob', { jobId: failed.job_id }, 200);
    const working = await jsonOf<Job>(await upload(service.url, { file: LONG_SPEECH }));
    const queued = await jsonOf<Job>(await upload(service.url, { file: SPEECH }));
    await expectDocumented('getJob', { jobId: working.job_id }, 200);
    await expectDocumented('getTranscript', { jobId: queued.job_id }, 409);
    await expectDocumented('downloadTranscript', { jobId: queued.job_id }, 409);
    await expectDocumented('getJob', { jobId: queued.job_id, headers: { prefer: 'wait=60' } }, 200);
  }, 90_000);

  it.each<[string, Question, number]>([
    ['getJob', {}, 404],
    ['getJob', { jobId: 'not-an-id' }, 404],
    ['getJob', { jobId: '%E0%A4%A' }, 400],
    ['getTranscript', {}, 404],
    ['getPartialTranscript', {}, 404],
    ['getPartialTranscript', { jobId: '%E0%A4%A' }, 400],
    ['getTranscript', { jobId: 'not-an-id' }, 404],
    ['getTranscript', { jobId: '%E0%A4%A' }, 400],
    ['downloadTranscript', {}, 404],
    ['downloadTranscript', { jobId: 'not-an-id' }, 404],
    ['downloadTranscript', { jobId: '%E0%A4%A' }, 400],
    ['downloadTranscript', { query: '?format=pdf' }, 422],
    ['downloadTranscript', { query: '?format=srt&format=txt' }, 422],
    ['downloadTranscript', { query: '?colour=red' }, 422],
  ])('%s to %j', async (operationId, question, status) => {
    await expectDocumented(operationId, question, status);
  });

  it('getTranscript for a job that has one, and for one that never will', async () => {
    await expectDocumented('getTranscript', { jobId: completed.job_id }, 200);
    await expectDocumented('getPartialTranscript', { jobId: completed.job_id }, 200);
    await expectDocumented('getPartialTranscript', { jobId: failed.job_id }, 200);
    await expectDocumented('getTranscript', { jobId: failed.job_id }, 409);
    await expectDocumented('downloadTranscript', { jobId: failed.job_id }, 409);
  });

  it('editTranscript with what the engine itself has heard', async () => {
    const address = `${service.url}/transcripts/${completed.job_id}`;
    const { segments } = await jsonOf<Transcript>(await fetch(address));
    const body = { segments: segments.map(({ start, end, text }) => ({ start, end, text })) };
    const response = await fetch(address, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify(body),
    });

    expect([response.status, await contract.findFaults('editTranscript', response)]).toEqual([200, []]);
  });

  it.each(['txt', 'srt', 'vtt', 'json', 'tsv', 'docx'])('downloadTranscript as %s', async (format) => {
    const question = { jobId: completed.job_id, query: `?format=${format}` };
    await expectDocumented('downloadTranscript', question, 200);
  });
});

describe('the OpenAPI document describes the answers about models of', () => {
  const stateOf = async (): Promise<string> =>
    (await jsonOf<AdminModel>(await fetch(`${service.url}/admin/models/tiny`))).state;
  const isListed = async (): Promise<string | undefined> =>
    (await jsonOf<ModelList>(await fetch(`${service.url}/models`))).models.find(({ name }) => name === 'tiny')
      ?.state;

  it('a model that is downloading, failed, cancelled, ready and removed', async () => {
    hub.break({ at: LARGE_FILE, times: 100, pauseMs: 50 });
    await expectDocumented('pullModel', {}, 202);
    await expectDocumented('pullModel', {}, 202);
    await waitFor(() => hub.contentRequests(LARGE_FILE).length > 0);
    for (const operation of ['getModel', 'listModelsInDetail', 'listModels']) {
      await expectDocumented(operation, {}, 200);
    }
    expect(await isListed()).toBe('downloading');
    await expectDocumented('removeModel', {}, 409);
    await expectDocumented('cancelModelPull', {}, 200);
    expect(await stateOf()).toBe('available');

    hub.break({ at: LARGE_FILE, times: 100, status: 404 });
    await expectDocumented('pullModel', {}, 202);
    await waitFor(async () => (await stateOf()) === 'failed');
    for (const operation of ['getModel', 'listModelsInDetail', 'listModels']) {
      await expectDocumented(operation, {}, 200);
    }

    hub.break();
    await expectDocumented('pullModel', {}, 202);
    await waitFor(async () => (await stateOf()) === 'ready');
    expect(await isListed()).toBe('ready');
    await expectDocumented('getModel', {}, 200);
    await expectDocumented('pullModel', {}, 200);
    await expectDocumented('removeModel', {}, 204);
    expect(await isListed()).toBe('available');
    await expectDocumented('removeModel', {}, 409);
  }, 60_000);

  it.each(['getModel', 'pullModel', 'cancelModelPull', 'removeModel'])(
    '%s for no such model',
    async (operation) => {
      await expectDocumented(operation, { model: 'huge' }, 422);
      await expectDocumented(operation, { model: '..%2F..%2Fetc' }, 422);
      await expectDocumented(operation, { model: '%E0%A4%A' }, 400);
    },
  );

  it('the bundled model', async () => {
    await expectDocumented('removeModel', { model: 'base' }, 409);
    await expectDocumented('getModel', { model: 'base' }, 200);
  });
});

describe.each(UPLOADS)('the OpenAPI document describes the answer of %s', (operationId) => {
  it.each<[string, Question, number]>([
    ['a recording', { file: SPEECH, fields: { model: 'base', language: 'en' } }, 202],
    ['a recording that is waited for', { file: SPEECH, headers: { prefer: 'wait=60' } }, 200],
    ['an unknown model', { file: SPEECH, fields: { model: 'nonsense' } }, 422],
    ['a model that is not here', { file: SPEECH, fields: { model: 'large-v3' } }, 409],
    ['an unknown language', { file: SPEECH, fields: { language: 'klingon' } }, 422],
    ['an unknown option', { file: SPEECH, fields: { modle: 'base' } }, 422],
    ['no file', { file: '', fields: { model: 'base' } }, 422],
    ['an empty file', { file: 'bad/empty.wav' }, 422],
    ['a file without samples', { file: 'bad/header_only.wav' }, 422],
    ['a damaged file', { file: 'bad/truncated.m4a' }, 422],
    ['a film without sound', { file: 'bad/video_only.mp4' }, 422],
    ['a text', { file: 'bad/text.mp3' }, 415],
    ['a recording of ten hours', { file: 'bad/long_10h.flac' }, 413],
    ['a body that is no form', { body: 'abc', headers: { 'content-type': 'text/plain' } }, 415],
    ['a broken form', { body: 'abc', headers: { 'content-type': 'multipart/form-data; boundary=b' } }, 400],
    ['broken JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['a form from another site', { file: SPEECH, headers: { origin: 'https://evil.example' } }, 403],
  ])('to %s', async (_what, question, status) => {
    await expectDocumented(operationId, question, status);
  });

  it('to a file that is too large', async () => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(2 ** 20 + 1)]), 'large.wav');
    const { path } = contract.getOperation(operationId);
    const response = await fetch(`${service.url}${path}`, { method: 'POST', body: form });

    expect([response.status, await contract.findFaults(operationId, response)]).toEqual([413, []]);
  });
});

describe('the OpenAPI document describes the answer to a page of another site of', () => {
  it.each([
    'listJobs',
    'getJob',
    'getTranscript',
    'downloadTranscript',
    'listModels',
    'getUsage',
    'listModelsInDetail',
    'getModel',
    'pullModel',
    'cancelModelPull',
    'removeModel',
    'listApiKeys',
    'createApiKey',
    'revokeApiKey',
    'getMe',
    'getMeUnderApi',
    'signOut',
    'changePassword',
    'changePasswordAtRoot',
    'listSessions',
    'endSession',
  ])('%s', async (operationId) => {
    const headers = { origin: 'https://evil.example' };
    await expectDocumented(operationId, { jobId: completed.job_id, headers }, 403);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => !TAGS_WITH_OWN_SPECS.includes(tag))).toEqual([]);
  });
});

describe('while the database is away the OpenAPI document describes the answer of', () => {
  beforeAll(async () => {
    await proxy.cut();
    await waitFor(async () => !(await fetch(`${service.url}/readyz`)).ok);
  });

  it.each<[string, Question, number]>([
    ['getHealth', {}, 503],
    ['getReadiness', {}, 503],
    ['getReadyz', {}, 503],
    ['listJobs', {}, 503],
    ['getUsage', {}, 503],
    ['getJob', {}, 503],
    ['getTranscript', {}, 503],
    ['downloadTranscript', {}, 503],
    ...UPLOADS.map((name): [string, Question, number] => [name, { file: SPEECH }, 503]),
    ['getLivez', {}, 200],
    ['getLiveness', {}, 200],
    ['getVersion', {}, 200],
    ['listModels', {}, 200],
    ['listApiKeys', {}, 503],
    ['getMe', {}, 503],
    ['listJobs', { headers: { 'x-api-key': `wt_${'a'.repeat(43)}` } }, 503],
  ])('%s', async (operationId, question, status) => {
    await expectDocumented(operationId, question, status);
  });
});

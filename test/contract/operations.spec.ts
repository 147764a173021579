import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModelList, Readiness } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { openOnServer } from '../support/databases.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';

describe('the operations of the service', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await startService({ env: { METRICS_TOKEN: 'metrics-token-for-tests' } });
  }, 90_000);

  afterAll(async () => {
    await service.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${service.url}${path}`, { headers });
  const metrics = async (): Promise<string> =>
    (await get('/metrics/', { authorization: 'Bearer metrics-token-for-tests' })).text();

  it.each(['/health', '/health/livez', '/livez', '/livez/'])('%s answers that it lives', async (path) => {
    const response = await get(path);

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it.each(['/health/readyz', '/readyz'])('%s names all parts', async (path) => {
    const { status, details } = await jsonOf<Readiness>(await get(path));

    expect(status).toBe('ok');
    expect(Object.keys(details)).toEqual(['database', 'queue', 'storage', 'disk', 'model', 'worker']);
  });

  it('names the parts that it is asked for, and refuses those that there are not', async () => {
    const { details } = await jsonOf<Readiness>(await get('/readyz?exclude=worker&exclude=model&cache=1'));
    const refused = await get('/health/readyz?exclude=wroker');

    expect(Object.keys(details)).toEqual(['database', 'queue', 'storage', 'disk']);
    expect(refused.status).toBe(422);
    expect(await problemOf(refused)).toMatchObject({ errors: [{ field: 'exclude' }] });
  });

  it('tells its version, and nothing of a build that nobody has described', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

    expect(await (await get('/version')).json()).toEqual({
      version,
      build_version: null,
      build_sha: null,
      build_date: null,
    });
  });

  it('lists models, languages and limits', async () => {
    const list = await jsonOf<ModelList>(await get('/models'));

    expect(list.models.find(({ name }) => name === 'base')).toMatchObject({
      state: 'ready',
      multilingual: true,
      bundled: true,
      size_bytes: expect.any(Number),
      memory: { fits: true, needed_bytes: expect.any(Number), allowed_bytes: expect.any(Number) },
      progress: null,
    });
    expect(list.models.find(({ name }) => name === 'large')).toMatchObject({
      state: 'available',
      alias_of: 'large-v3',
    });
    expect(list).toMatchObject({ default: 'base', max_upload_bytes: 104_857_600 });
    expect(list.languages).toContainEqual({ code: 'de', name: 'German' });
    expect(list.languages.length).toBeGreaterThan(90);
  });

  it('keeps the metrics closed without their token', async () => {
    expect((await get('/metrics/')).status).toBe(403);
    expect((await get('/metrics/', { authorization: 'Bearer wrong' })).status).toBe(403);
  });

  it('counts requests by the template of their route, never by id or invented path', async () => {
    await get(`/jobs/${UNKNOWN_ID}`);
    await get('/no/such/route');
    await fetch(`${service.url}/no-such-method`, { method: 'PROPFIND' });
    const text = await metrics();

    expect(text).toContain(
      'whisper_http_requests_total{method="GET",endpoint="/jobs/:job_id",status_code="404"} 1',
    );
    expect(text).toContain(
      'whisper_http_requests_total{method="GET",endpoint="unmatched",status_code="404"} 1',
    );
    expect(text).toContain('method="other"');
    expect(text).toMatch(
      /whisper_http_request_duration_seconds_bucket\{le="0.005",method="GET",endpoint="\/health"\}/,
    );
    expect(text).toMatch(/process_resident_memory_bytes \d+/);
    expect(text).toMatch(/whisper_metrics_last_scrape_timestamp \d+/);
    expect(text).not.toContain(UNKNOWN_ID);
  });

  it('takes over a request id that is sound, and makes its own for another', async () => {
    expect((await get('/health', { 'x-request-id': 'trace-42' })).headers.get('x-request-id')).toBe(
      'trace-42',
    );
    expect((await get('/health', { 'x-request-id': 'a b"}' })).headers.get('x-request-id')).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  it('serves a documentation page that needs nothing from elsewhere', async () => {
    const page = await (await get('/docs')).text();
    const references = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference]) => reference ?? '');

    expect(references.length).toBeGreaterThan(2);
    for (const reference of references) {
      expect(reference).not.toMatch(/^(https?:)?\/\//);
      expect((await get(new URL(reference, `${service.url}/docs`).pathname)).status).toBe(200);
    }
  });

  it.each([
    ['/no/such/route', 404, 'route_not_found'],
    ['/jobs/not-an-id', 404, 'job_not_found'],
    [`/jobs/${UNKNOWN_ID}`, 404, 'job_not_found'],
    [`/transcripts/${UNKNOWN_ID}`, 404, 'job_not_found'],
    [`/transcripts/${UNKNOWN_ID}/download?format=pdf`, 422, 'format_unknown'],
    [`/transcripts/${UNKNOWN_ID}/download?format=srt&format=txt`, 422, 'validation_failed'],
    ['/jobs?limit=0', 422, 'validation_failed'],
    ['/jobs?limit=1001', 422, 'validation_failed'],
    ['/jobs?skip=-1', 422, 'validation_failed'],
    ['/jobs?skip=1e3', 422, 'validation_failed'],
    ['/jobs?page=2', 422, 'validation_failed'],
    ['/jobs/%E0%A4%A', 400, 'malformed_request'],
  ])('GET %s gets %d %s', async (path, status, code) => {
    const response = await get(path);

    expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
  });

  it.each([
    [{ range: 'bytes=9999999-' }, 416, 'range_not_satisfiable'],
    [{ 'if-match': '"another"' }, 412, 'precondition_failed'],
  ])('refuses of a file of the page what %j asks for', async (headers, status, code) => {
    const page = await (await get('/')).text();
    const script = /assets\/[\w.-]+\.js/.exec(page)?.[0] ?? '';
    const response = await get(`/${script}`, headers);

    expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
  });

  it('writes each line of its log as JSON with the agreed fields, and without what people sent', async () => {
    await get('/jobs?secret-in-query=1', {
      authorization: 'Bearer secret-in-header',
      cookie: 'auth=secret-in-cookie',
    });
    const lines = service.log().trim().split('\n');

    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({
        timestamp: expect.stringMatching(/Z$/),
        severity: expect.any(String),
        message: expect.any(String),
      });
    }
    expect(lines.some((line) => line.includes('"request_id"') && line.includes('"caller":"access"'))).toBe(
      true,
    );
    expect(service.log()).not.toMatch(/secret-in|metrics-token-for-tests/);
  });
});

describe('a service that has lost a part', () => {
  let service: RunningService;

  afterEach(async () => {
    await service.stop();
  });

  it('says which: the storage', async () => {
    service = await startService({ env: { WORKER_EMBEDDED: 'false' } });
    await rm(join(service.dataDir, 'blobs', 'staging'), { recursive: true });
    await waitFor(async () => !(await fetch(`${service.url}/readyz`)).ok, { what: 'the loss to be seen' });

    expect(await jsonOf<Readiness>(await fetch(`${service.url}/readyz`))).toMatchObject({
      status: 'error',
      error: { storage: { status: 'down' } },
    });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    expect((await fetch(`${service.url}/readyz?exclude=storage`)).status).toBe(200);
  }, 90_000);

  it('says which: the database; asks clients to come again, and works on by itself when it is back', async () => {
    const database = await openOnServer();
    const { proxy, url } = await TcpProxy.before(database.url);
    try {
      service = await startService({ env: { DATABASE_URL: url } });
      await proxy.cut();

      await waitFor(async () => !(await fetch(`${service.url}/readyz`)).ok, { what: 'the loss to be seen' });
      expect((await jsonOf<Readiness>(await fetch(`${service.url}/readyz`))).error).toHaveProperty(
        'database',
      );
      expect((await fetch(`${service.url}/livez`)).status).toBe(200);
      for (const response of [
        await fetch(`${service.url}/health`),
        await fetch(`${service.url}/jobs`),
        await upload(service.url, { file: SPEECH }),
      ]) {
        expect(response.status).toBe(503);
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
        expect((await problemOf(response)).code).toBe('database_unavailable');
      }

      await proxy.open();
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).ok, {
        what: 'the service to be ready again',
      });
      expect((await transcribe(service.url, { file: SPEECH })).status).toBe('completed');
    } finally {
      await service.stop();
      await proxy.cut();
      await database.close();
    }
  }, 120_000);
});

/** Recordings that were accepted: listed, played, deleted. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, Media, MediaList } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf, problemOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const OTHER = 'clips/fr/bonjour_monde.wav';

const contract = new OpenApiContract();
let objects: ObjectStore;

beforeAll(async () => {
  objects = await startObjectStore();
});

afterAll(async () => {
  await objects.stop();
});

async function filesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.includes('probe')).length;
}

describe.each(['a folder', 'an S3 server'])('recordings in %s', (place) => {
  let database: TestDatabase;
  let service: RunningService;

  beforeAll(async () => {
    database = await openOnServer();
    const env = place === 'a folder' ? {} : objects.settings;
    service = await startService({ env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', ...env } });
  }, 90_000);

  afterAll(async () => {
    await service.stop();
    await database.close();
  });

  beforeEach(async () => {
    await endJobs();
    for (const { media_id: id } of (await list()).media) await ask(`/${id}`, { method: 'DELETE' });
  });

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${service.url}/media${path}`, init);
  const list = async (search = ''): Promise<MediaList> => jsonOf<MediaList>(await ask(search));
  const endJobs = (): Promise<void> =>
    executeSql(database.url, `update jobs set status = 'completed', finished_at = now()`);
  const countBlobs = (): Promise<number> =>
    filesUnder(place === 'a folder' ? join(service.dataDir, 'blobs') : objects.folder);

  async function send(file = SPEECH, filename?: string): Promise<{ id: string; jobId: string }> {
    const response = await upload(service.url, { file, ...(filename === undefined ? {} : { filename }) });
    expect([response.status, await response.clone().text()]).toEqual([202, expect.any(String)]);
    const job = await jsonOf<Job>(response);
    return { id: String(job.media_id), jobId: job.job_id };
  }

  async function documented(operationId: string, response: Response): Promise<number> {
    expect(await contract.findFaults(operationId, response)).toEqual([]);
    return response.status;
  }

  it('are stored first, and transcribed as often as one likes', async () => {
    const stored = await upload(service.url, { path: '/media', file: SPEECH });
    expect(await contract.findFaults('uploadMedia', stored.clone())).toEqual([]);
    expect(stored.status).toBe(201);
    const { media_id: id, links } = await jsonOf<Media>(stored);
    expect(stored.headers.get('location')).toBe(links.self);

    const order = (body?: object): Promise<Response> =>
      ask(`/${id}/jobs`, {
        method: 'POST',
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
    for (const body of [undefined, {}, { model: 'base', language: 'en', track: 0 }]) {
      const response = await order(body);
      expect(await contract.findFaults('transcribeMedia', response.clone())).toEqual([]);
      expect(response.status).toBe(202);
      const job = await jsonOf<Job>(response);
      expect(job).toMatchObject({ media_id: id, status: 'queued', duration_seconds: 7.1 });
      expect(response.headers.get('location')).toBe(job.links.self);
    }
    for (const [body, status, code] of [
      [{ track: 5 }, 422, 'track_unknown'],
      [{ model: 'enormous' }, 422, 'model_unknown'],
      [{ language: 5 }, 422, 'validation_failed'],
    ] as const)
      expect([status, (await problemOf(await order(body))).code]).toEqual([status, code]);
    const fields = await upload(service.url, { path: '/media', file: SPEECH, fields: { model: 'base' } });
    expect((await problemOf(fields)).code).toBe('validation_failed');
    expect(await countBlobs()).toBe(1);
  });

  it('are listed, newest first, with what is known of them', async () => {
    const first = await send();
    const second = await send(OTHER, 'Sätze 日本 & "q".wav');

    const { media, total } = await list();
    expect(total).toBe(2);
    expect(media.map(({ media_id: id }) => id)).toEqual([second.id, first.id]);
    expect(media[1]).toEqual({
      media_id: first.id,
      original_filename: 'sense-and-sensibility.wav',
      size_bytes: (await readFile(fixturePath(SPEECH))).length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      container: 'wav',
      codec: 'pcm_s16le',
      duration_seconds: expect.closeTo(7.1),
      sample_rate: 16_000,
      channels: 1,
      created_at: expect.any(String),
      expires_at: null,
      links: { self: `/media/${first.id}/info`, content: `/media/${first.id}` },
    });
    expect((await list('?skip=1&limit=1')).media.map(({ media_id: id }) => id)).toEqual([first.id]);
    expect(await jsonOf<Media>(await ask(`/${first.id}/info`))).toEqual(media[1]);
    expect(await documented('listMedia', await ask('?limit=0'))).toBe(422);
    expect(await documented('listMedia', await ask(''))).toBe(200);
    expect(await documented('getMediaInfo', await ask(`/${first.id}/info`))).toBe(200);
    expect(await documented('getMediaInfo', await ask('/x/info'))).toBe(404);
    expect(await documented('getMedia', await ask(`/${UNKNOWN_ID}`))).toBe(404);
    expect(await documented('getMedia', await ask('/%E0%A4%A'))).toBe(400);
  });

  it('come back as they were sent, under their name', async () => {
    const { id } = await send(OTHER, "Sätze 日本 & 'q'.wav");
    const response = await ask(`/${id}`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('private, no-cache');
    expect(response.headers.get('content-disposition')).toBe(
      `inline; filename="S?tze ?? & 'q'.wav"; filename*=UTF-8''S%C3%A4tze%20%E6%97%A5%E6%9C%AC%20%26%20%27q%27.wav`,
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(await readFile(fixturePath(OTHER)));
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100-199', 100, 200],
    ['bytes=100-', 100, undefined],
    ['bytes=-100', -100, undefined],
    ['bytes=100-99999999', 100, undefined],
  ])('are sent by the range %s, for players that jump', async (range, start, end) => {
    const { id } = await send(OTHER);
    const bytes = (await readFile(fixturePath(OTHER))).subarray(start, end);
    const response = await ask(`/${id}`, { headers: { range } });

    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toMatch(/^bytes \d+-\d+\/\d+$/);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('are sent whole where a range means nothing, and not at all where it lies outside', async () => {
    const { id } = await send(OTHER);
    const { length } = await readFile(fixturePath(OTHER));
    for (const range of ['seconds=1-2', 'bytes=x-y', 'bytes=0-1,5-9']) {
      const response = await ask(`/${id}`, { headers: { range } });
      expect([range, response.status, (await response.arrayBuffer()).byteLength]).toEqual([
        range,
        200,
        length,
      ]);
    }

    const outside = await ask(`/${id}`, { headers: { range: `bytes=${length}-` } });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
    expect((await problemOf(outside)).code).toBe('range_not_satisfiable');
    expect(outside.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    for (const field of ['content-disposition', 'cache-control', 'accept-ranges'])
      expect([field, outside.headers.get(field)]).toEqual([field, null]);
    expect(outside.headers.get('etag')).not.toBe(
      (await ask(`/${id}`, { method: 'HEAD' })).headers.get('etag'),
    );
  });

  it('are not sent again to who has them, nor to who asks for the head only', async () => {
    const { id } = await send(OTHER);
    const { length } = await readFile(fixturePath(OTHER));
    const head = await ask(`/${id}`, { method: 'HEAD' });
    const etag = head.headers.get('etag') ?? '';

    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
      200,
      String(length),
      'bytes',
    ]);
    expect(
      (await ask(`/${id}`, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status,
    ).toBe(304);
    const range = 'bytes=0-9';
    expect((await ask(`/${id}`, { headers: { range, 'if-range': etag } })).status).toBe(206);
    expect((await ask(`/${id}`, { headers: { range, 'if-range': '"other"' } })).status).toBe(200);
  });

  it('are kept while a job needs them, and can be deleted then', async () => {
    const { id, jobId } = await send(OTHER);
    const refused = await ask(`/${id}`, { method: 'DELETE' });
    expect(await documented('deleteMedia', refused.clone())).toBe(409);
    expect((await problemOf(refused)).code).toBe('media_in_use');
    expect((await ask(`/${id}`)).status).toBe(200);

    await endJobs();
    expect(await documented('deleteMedia', await ask(`/${id}`, { method: 'DELETE' }))).toBe(204);
    expect(await documented('deleteMedia', await ask(`/${id}`, { method: 'DELETE' }))).toBe(404);
    expect((await ask(`/${id}`)).status).toBe(404);
    expect(await countBlobs()).toBe(0);
    const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${jobId}`));
    expect([job.status, job.media_id, job.original_filename]).toEqual([
      'completed',
      null,
      'bonjour_monde.wav',
    ]);
  });

  it('that are deleted while they are looked at for a job are not found', async () => {
    const stored = await upload(service.url, { path: '/media', file: OTHER });
    const { media_id: id } = await jsonOf<Media>(stored);
    const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const [ordered, deleted] = await Promise.all([
      ask(`/${id}/jobs`, order),
      ask(`/${id}`, { method: 'DELETE' }),
    ]);

    expect(deleted.status).toBe(204);
    expect(await documented('transcribeMedia', ordered.clone())).toBe(404);
    expect((await problemOf(ordered)).code).toBe('media_not_found');
  });

  it('that are sent twice are stored once, until the last of them is deleted', async () => {
    const sent = await Promise.all([
      send(OTHER, 'one.wav'),
      send(OTHER, 'two.wav'),
      send(OTHER, 'three.wav'),
    ]);
    await endJobs();
    const ids = sent.map(({ id }) => id);

    expect(new Set(ids).size).toBe(3);
    expect((await list()).media.map(({ original_filename: name }) => name).toSorted()).toEqual([
      'one.wav',
      'three.wav',
      'two.wav',
    ]);
    for (const [i, id] of ids.entries()) {
      expect(await countBlobs()).toBe(1);
      const { status } = await ask(`/${id}`);
      expect([i, status]).toEqual([i, 200]);
      await ask(`/${id}`, { method: 'DELETE' });
    }
    expect(await countBlobs()).toBe(0);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success with recordings that was not seen here', () => {
    const seen = contract.findUnseenSuccesses((tag) => tag === 'Media');
    const elsewhere = ['getMediaRetention 200', 'setMediaRetention 200'];
    // Bytes have no schema that could be held against them.
    expect(seen.filter((success) => !elsewhere.includes(success))).toEqual(['getMedia 200', 'getMedia 206']);
  });
});

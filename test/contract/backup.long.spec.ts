/** Backups that are made while the service works, and what comes out of them in an empty place. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BegunUpload, Job, Media } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey } from '../support/accounts.js';
import { fixturePath, getTranscript, jsonOf, transcribe, upload } from '../support/api-client.js';
import { backUp, blobsIn, restore, rowsOf } from '../support/backup-commands.js';
import { ChunkedClient, cut } from '../support/chunked-client.js';
import { openOnServer } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { startObjectStore } from '../support/object-store.js';
import { startService, type RunningService } from '../support/start-service.js';

const CLIP = 'clips/fr/bonjour_monde.wav';

/** Where a service keeps what it has. */
interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly blobFolder: string;
  close(): Promise<void>;
}

async function openPlace(onServer: boolean, inObjects: boolean): Promise<Place> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'backup-'));
  const database = onServer ? await openOnServer() : null;
  const objects = inObjects ? await startObjectStore() : null;
  return {
    dataDir,
    env: { DATA_DIR: dataDir, ...(database && { DATABASE_URL: database.url }), ...objects?.settings },
    blobFolder: objects?.folder ?? path.join(dataDir, 'blobs'),
    close: async () => {
      await database?.close();
      await objects?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

describe.each([
  ['the embedded database and a folder', false, false],
  ['a PostgreSQL server and a folder', true, false],
  ['a PostgreSQL server and an S3 store', true, true],
])('a service with %s', (_, onServer, inObjects) => {
  const places: Place[] = [];
  const services: RunningService[] = [];
  let folder: string;
  let source: Place;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'archives-'));
    source = await newPlace();
  });

  afterAll(async () => {
    for (const service of services) await service.stop();
    for (const place of places) await place.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function newPlace(): Promise<Place> {
    const place = await openPlace(onServer, inObjects);
    places.push(place);
    return place;
  }

  async function start({ dataDir, env }: Place): Promise<RunningService> {
    const service = await startService({ dataDir, env });
    services.push(service);
    return service;
  }

  it('comes back from a backup that was made in the middle of its work', async () => {
    const service = await start(source);
    const { url } = service;
    const { key } = await createApiKey(url, ['read']);
    const done = await transcribe(url, { file: CLIP });
    const transcript = await getTranscript(url, done.job_id);
    const chunks = new ChunkedClient(url);
    const recording = await longRecording(3 * 2 ** 20 + 1000);
    const begun = await begin(chunks, recording);
    const running = await jsonOf<Job>(await upload(url, { file: 'clips/en/words_exact.flac' }));
    const work = new AbortController();
    const working = keepBusy(url, work.signal);
    const file = path.join(folder, 'busy.zip');
    const made = await backUp(file, source.env);
    work.abort();
    await working;
    await service.stop();

    expect([made.code, made.stderr]).toEqual([0, '']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const target = await newPlace();
    expect(await restore(file, target.env)).toMatchObject({ code: 0, stderr: '' });
    const again = await start(target);
    const owned = { headers: { ...bearer(key), prefer: 'wait=90' } };
    expect(await getTranscript(again.url, done.job_id)).toEqual(transcript);
    expect(await jsonOf<Job>(await fetch(`${again.url}/jobs/${running.job_id}`, owned))).toMatchObject({
      status: 'completed',
      error: null,
    });
    await expectAllRecordings(again.url);
    const rest = new ChunkedClient(again.url);
    await rest.sendAll(begun, recording, [1, 2, 3]);
    expect((await rest.finish(begun.session_id)).job_id).not.toBe('');
    await again.stop();
  }, 240_000);

  it('comes back row by row and byte by byte', async () => {
    const file = path.join(folder, 'quiet.zip');
    expect(await backUp(file, source.env)).toMatchObject({ code: 0, stderr: '' });
    const target = await newPlace();
    expect(await restore(file, target.env)).toMatchObject({ code: 0, stderr: '' });
    const rows = await rowsOf(source.env);

    expect(rows['jobs']?.length).toBeGreaterThan(1);
    expect(await rowsOf(target.env)).toEqual(rows);
    expect(await blobsIn(target.blobFolder)).toEqual(await blobsIn(source.blobFolder));
    expect(await secretsOf(target)).toEqual(await secretsOf(source));
  }, 120_000);
});

async function begin(chunks: ChunkedClient, recording: Buffer<ArrayBuffer>): Promise<BegunUpload> {
  const begun = await chunks.beginFor(recording);
  await chunks.send(begun.session_id, cut(recording, begun, 0));
  return begun;
}

/** Uploads recordings, each another one, and deletes every second one again. */
async function keepBusy(url: string, stop: AbortSignal): Promise<void> {
  const clip = await readFile(fixturePath(CLIP));
  for (let round = 0; !stop.aborted; round += 1) {
    const content = Buffer.concat([clip, Buffer.alloc(2 + round * 2)]);
    const { job_id: id } = await jsonOf<Job>(await upload(url, { content, filename: `${round}.wav` }));
    if (round % 2 === 0) continue;
    const job = await jsonOf<Job>(await fetch(`${url}/jobs/${id}`, { headers: { prefer: 'wait=60' } }));
    await fetch(`${url}/jobs/${id}`, { method: 'DELETE' });
    await fetch(`${url}/media/${job.media_id ?? ''}`, { method: 'DELETE' });
  }
}

/** Whatever is listed can be read, and is what it was. */
async function expectAllRecordings(url: string): Promise<void> {
  const { media } = await jsonOf<{ media: Media[] }>(await fetch(`${url}/media?limit=100`));
  expect(media.length).toBeGreaterThan(1);
  for (const { media_id: id, sha256 } of media) {
    const bytes = Buffer.from(await (await fetch(`${url}/media/${id}`)).arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
}

async function secretsOf({ dataDir }: Place): Promise<string[]> {
  return Promise.all(
    ['secret-key', 'jwt-secret-key'].map((name) => readFile(path.join(dataDir, 'secrets', name), 'utf8')),
  );
}

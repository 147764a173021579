/** A user who leaves traces wherever the service takes some, and what is left of them afterwards. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Tokens, UserWithPassword } from '@whisper-transcriber/client-sdk';
import { strFromU8, unzipSync } from 'fflate';
import { findRunningServer } from '../../src/platform/database/embedded/running-server.js';
import {
  ADMIN_PASSWORD,
  becomeAdministrator,
  bearer,
  BOOTSTRAP_PASSWORD,
  postJson,
  signIn,
} from '../support/accounts.js';
import { fixturePath, jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { BuiltCommand } from '../support/built-command.js';
import { ChunkedClient } from '../support/chunked-client.js';
import { openOnServer } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { startObjectStore } from '../support/object-store.js';
import { startRedis } from '../support/redis-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { filesWith, redisKeysWith, tablesWith } from '../support/traces.js';
import { waitFor } from '../support/wait-for.js';

/** In every text that a user can give. */
const WORD = 'quetzalcoatl';
const SPEECH = 'docs/samples/sense-and-sensibility.wav';
/** Of the sound of that recording. */
const SOUND_AT = 100_000;
const SOUND_BYTES = 64;

/** Everything around a service that may keep something. */
interface Place {
  readonly env: Readonly<Record<string, string>>;
  /** Where bytes are searched for. */
  readonly folders: readonly string[];
  databaseUrl(): Promise<string>;
  redisKeys(): Promise<string[]>;
  close(): Promise<void>;
}

async function openEmbeddedPlace(): Promise<Place> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'erasure-'));
  return {
    env: { DATA_DIR: dataDir },
    folders: [dataDir],
    databaseUrl: async () => (await findRunningServer(dataDir)) ?? '',
    redisKeys: () => Promise.resolve([]),
    close: () => rm(dataDir, { recursive: true, force: true }),
  };
}

async function openScaledPlace(): Promise<Place> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'erasure-'));
  const [database, redis, objects] = [await openOnServer(), await startRedis(), await startObjectStore()];
  return {
    env: {
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_PASSWORD: redis.password,
      ...objects.settings,
    },
    folders: [dataDir, objects.folder],
    databaseUrl: () => Promise.resolve(database.url),
    redisKeys: () => redisKeysWith(redis, WORD),
    close: async () => {
      await objects.stop();
      await redis.stop();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Tables that keep what a user says or is called. */
const TOLD_TABLES = [
  'api_keys',
  'audit_events',
  'job_batches',
  'jobs',
  'media_files',
  'sessions',
  'transcript_versions',
  'transcripts',
  'upload_sessions',
  'users',
  'voice_profiles',
  'webhooks',
];

describe.each([
  ['the embedded database and a folder', openEmbeddedPlace],
  ['PostgreSQL, Redis and an S3 store', openScaledPlace],
])('with %s, a user who leaves', (_, openPlace) => {
  let place: Place;
  let temp: string;
  let recording: Buffer;
  let sound: Buffer;
  let service: RunningService;
  let admin: { authorization: string };
  let user: { id: string; token: string };

  beforeAll(async () => {
    place = await openPlace();
    const [folder = ''] = place.folders;
    temp = path.join(folder, 'temp');
    await mkdir(temp);
    recording = await readFile(fixturePath(SPEECH));
    sound = recording.subarray(SOUND_AT, SOUND_AT + SOUND_BYTES);
    const settings = { ANONYMOUS_LOCAL: 'false', ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD, TMPDIR: temp };
    service = await startService({ dataDir: folder, env: { ...place.env, ...settings } });
    admin = bearer((await becomeAdministrator(service.url)).access_token);
    user = await addUser(`${WORD}us`);
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    await place.close();
  });

  const asUser = (): { authorization: string } => bearer(user.token);

  async function addUser(username: string): Promise<{ id: string; token: string }> {
    const made = await postJson(`${service.url}/admin/users`, { username, role: 'user' }, admin);
    const { id, one_time_password: first } = await jsonOf<UserWithPassword>(made);
    const { access_token: token } = await jsonOf<Tokens>(await signIn(service.url, username, first));
    const change = { current_password: first, new_password: ADMIN_PASSWORD };
    const agent = { 'user-agent': `Browser of ${WORD}`, ...bearer(token) };
    const changed = await postJson(`${service.url}/auth/change-password`, change, agent);
    return { id, token: (await jsonOf<Tokens>(changed)).access_token };
  }

  async function leaveTraces(): Promise<void> {
    const { url } = service;
    const fields = { prompt: `About ${WORD}.`, hotwords: WORD };
    const { job_id: jobId, media_id: mediaId } = await transcribe(url, {
      file: SPEECH,
      filename: `${WORD}.wav`,
      fields,
      headers: { ...asUser(), 'idempotency-key': WORD },
    });
    await edit(jobId);
    await postJson(`${url}/auth/api-keys`, { name: `Key of ${WORD}`, scopes: ['read'] }, asUser());
    const hook = { url: `https://hooks.example/${WORD}`, description: WORD };
    const { id } = await jsonOf<{ id: string }>(await postJson(`${url}/webhooks`, hook, asUser()));
    await postJson(`${url}/webhooks/${id}/test`, undefined, asUser());
    const batch = { media_ids: [mediaId], name: WORD, language: 'en' };
    expect((await postJson(`${url}/jobs/batch`, batch, asUser())).status).toBe(202);
    await saveVoice();
    await beginUpload();
  }

  /** What is restored over a change keeps that as a version. */
  async function edit(jobId: string): Promise<void> {
    const changes = { segments: [{ start: 0, end: 5, text: `The ${WORD} was a large bird.` }] };
    await change(jobId, 'PATCH', '', changes);
    await change(jobId, 'POST', '/versions/1/restore');
    await change(jobId, 'PATCH', '', changes);
  }

  async function change(jobId: string, method: string, route: string, body?: object): Promise<void> {
    const at = `${service.url}/transcripts/${jobId}`;
    const found = await fetch(at, { headers: asUser() });
    const changed = await fetch(at + route, {
      method,
      headers: {
        ...asUser(),
        ...(body && { 'content-type': 'application/json' }),
        'if-match': found.headers.get('etag') ?? '',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(changed.status).toBe(200);
  }

  async function saveVoice(): Promise<void> {
    const form = new FormData();
    form.set('name', `Voice of ${WORD}`);
    form.set('file', new Blob([Uint8Array.from(recording)]), 'voice.wav');
    const saved = await fetch(`${service.url}/voices`, { method: 'POST', headers: asUser(), body: form });
    expect(saved.status).toBe(201);
  }

  /** One of which half is there. */
  async function beginUpload(): Promise<void> {
    const client = new ChunkedClient(service.url, asUser());
    const file = Buffer.concat(Array.from({ length: 10 }, () => recording));
    const begun = await client.beginFor(file, { filename: `${WORD}-half.wav` });
    await client.sendAll(begun, file, [0]);
  }

  /** In all folders but the one of the database, where deleted rows stay until they are scrubbed. */
  async function filesOutsideDatabase(): Promise<string[]> {
    const found = await Promise.all(place.folders.map((folder) => filesWith(folder, [WORD, sound])));
    return found.flat().filter((name) => !name.startsWith('postgres'));
  }

  it('was in every table that can hold something of them, and in the store', async () => {
    await leaveTraces();

    expect(await tablesWith(await place.databaseUrl(), WORD)).toEqual(TOLD_TABLES);
    expect((await filesOutsideDatabase()).length).toBeGreaterThanOrEqual(2);
  }, 120_000);

  it('takes everything along first', async () => {
    const answer = await fetch(`${service.url}/auth/me/export`, { headers: asUser() });
    const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    const names = Object.keys(files);

    const told = TOLD_TABLES.map((table) => `${table}.jsonl`);
    expect(names).toEqual(expect.arrayContaining(told));
    for (const name of told)
      expect(strFromU8(files[name] ?? new Uint8Array())).toMatch(new RegExp(WORD, 'i'));
    const recordings = names.filter((name) => name.startsWith('media/'));
    expect(recordings.map((name) => Buffer.from(files[name] ?? []))).toEqual([recording]);
    const all = names.map((name) => strFromU8(files[name] ?? new Uint8Array(), true)).join('');
    expect(all).not.toMatch(/password_hash|key_hash|argon2|whsec_|lease_token/);
  });

  it('stays with a wrong password', async () => {
    const wrong = { current_password: 'not this one' };
    const answer = await postJson(`${service.url}/auth/delete-account`, wrong, asUser());

    expect((await problemOf(answer)).code).toBe('current_password_wrong');
  });

  it('is gone from tables, recordings, temporary files, logs and queue, also in the middle of a job', async () => {
    const long = await upload(service.url, { file: 'clips/en/words_exact.flac', headers: asUser() });
    const { links } = await jsonOf<Job>(long);
    await waitFor(async () => {
      const job = await jsonOf<Job>(await fetch(`${service.url}${links.self}`, { headers: asUser() }));
      return job.status === 'processing';
    });
    const answer = await postJson(
      `${service.url}/auth/delete-account`,
      { current_password: ADMIN_PASSWORD },
      asUser(),
    );
    expect(answer.status).toBe(204);

    expect((await fetch(`${service.url}/auth/me`, { headers: asUser() })).status).toBe(401);
    expect(await tablesWith(await place.databaseUrl(), WORD)).toEqual([]);
    await waitFor(async () => (await filesOutsideDatabase()).length === 0, { what: 'the last file to go' });
    expect(service.log().toLowerCase()).not.toContain(WORD);
    expect(await place.redisKeys()).toEqual([]);
    const acts = await query(
      await place.databaseUrl(),
      `select action, actor_name, address from audit_events where actor_id = '${user.id}' order by id`,
    );
    expect(acts.length).toBeGreaterThan(5);
    expect(acts.every(({ actor_name: name, address }) => name === null && address === null)).toBe(true);
    expect(acts.at(-1)).toMatchObject({ action: 'user.deleted' });
  }, 120_000);

  it('leaves no byte on the disk of the database once that is scrubbed', async () => {
    const env = { NODE_ENV: 'test', ...place.env };
    const scrubbed = await new BuiltCommand('scrub', 'dist/cli/scrub.cli.js', [], env).end();

    expect(scrubbed).toMatchObject({ code: 0, stderr: '' });
    expect(await Promise.all(place.folders.map((folder) => filesWith(folder, [WORD, sound])))).toEqual(
      place.folders.map(() => []),
    );
    // The service has gone on.
    expect((await fetch(`${service.url}/admin/users`, { headers: admin })).status).toBe(200);
  }, 120_000);
});

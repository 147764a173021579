import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedApiKey, Job, JobList, Tokens, UserWithPassword } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, postJson, signIn } from '../support/accounts.js';
import { fixturePath, jsonOf, problemOf, upload, type UploadInput } from '../support/api-client.js';
import { send } from '../support/raw-request.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const OTHER_SPEECH = 'clips/fr/bonjour_monde.wav';
const KEY_ORDER = { name: 'for tests', scopes: ['read', 'transcribe'] };

let users: TwoUsers;
let made = 0;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

/** A key that no other test has. */
function newKey(): string {
  made += 1;
  return `visible-ASCII/${made}!~`;
}

function under(key: string, token = users.anna.token): Record<string, string> {
  return { ...bearer(token), 'idempotency-key': key };
}

function createKey(key: string, order: unknown = KEY_ORDER, token?: string): Promise<Response> {
  return postJson(`${users.url}/auth/api-keys`, order, under(key, token));
}

function transcribe(key: string, input: UploadInput = {}, token?: string): Promise<Response> {
  return upload(users.url, { file: SPEECH, ...input, headers: under(key, token) });
}

async function codeOf(response: Response): Promise<[number, string]> {
  return [response.status, (await problemOf(response)).code];
}

async function countJobs(token = users.anna.token): Promise<number> {
  return (await jsonOf<JobList>(await fetch(`${users.url}/jobs`, { headers: bearer(token) }))).total;
}

async function countBlobs(): Promise<number> {
  const entries = await readdir(path.join(users.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describe('a request that is repeated under its Idempotency-Key', () => {
  it('gets the first answer again, secret and all, and creates nothing', async () => {
    const key = newKey();
    const first = await createKey(key);
    const again = await createKey(key, { scopes: ['read', 'transcribe'], name: 'for tests' });

    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    const created = await jsonOf<CreatedApiKey>(first);
    expect(await jsonOf<CreatedApiKey>(again)).toEqual(created);
    expect(await users.select(`select id from api_keys where id = '${created.id}'`)).toHaveLength(1);
  });

  it('is the same in a form with another boundary and another order of fields; the second file is not kept', async () => {
    const key = newKey();
    const [jobs, blobs] = [await countJobs(), await countBlobs()];
    const first = await transcribe(key, { fields: { model: 'base', language: 'en' } });
    const again = await transcribe(key, { fields: { language: 'en', model: 'base' } });

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await jsonOf<Job>(again)).toEqual(await jsonOf<Job>(first));
    expect([await countJobs(), await countBlobs()]).toEqual([jobs + 1, blobs + 1]);
  });

  it('gets the first answer although it waits for the end this time, and at the path with a slash', async () => {
    const key = newKey();
    const first = await jsonOf<Job>(await transcribe(key));
    const again = await upload(users.url, {
      file: SPEECH,
      path: '/upload/',
      headers: { ...under(key), prefer: 'wait=60' },
    });

    expect([again.status, await jsonOf<Job>(again)]).toEqual([202, first]);
  });

  it('that waits for the end gets the first answer with its headers', async () => {
    const key = newKey();
    const headers = { ...under(key), prefer: 'wait=1' };
    const first = await upload(users.url, { file: SPEECH, headers });
    const again = await upload(users.url, { file: SPEECH, headers });

    expect([first.status, first.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    expect([again.status, again.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('whose answer was too large to be kept gets the job as it is by then', async () => {
    const key = newKey();
    const jobs = await countJobs();
    const ask = (): Promise<Response> =>
      upload(users.url, { file: SPEECH, headers: { ...under(key), prefer: 'wait=60' } });
    const first = ask();
    await waitFor(async () => (await countJobs()) === jobs + 1);
    await users.execute(`
      with ended as (
        update jobs set status = 'completed', finished_at = now()
          where id = (select id from jobs order by created_at desc limit 1) returning id)
      insert into transcripts select id, 'base', 'en', 1, 7.1, repeat('words ', 20000), '[]', now() from ended`);
    const { job_id: id, transcript } = await jsonOf<Job>(await first);
    const again = await ask();

    expect(transcript?.length).toBeGreaterThan(64 * 1024);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect(await jsonOf<Job>(again)).toMatchObject({ job_id: id, transcript });
    expect(await countJobs()).toBe(jobs + 1);
  });

  it('shows the password of a user who was created, and the one that was set anew', async () => {
    const [created, reset] = [newKey(), newKey()];
    const order = { username: 'carol', role: 'user' };
    const create = async (): Promise<UserWithPassword> =>
      jsonOf(await postJson(`${users.url}/admin/users`, order, under(created, users.adminToken)));
    const user = await create();
    const resetPassword = async (): Promise<UserWithPassword> =>
      jsonOf(
        await postJson(
          `${users.url}/admin/users/${user.id}/reset-password`,
          {},
          under(reset, users.adminToken),
        ),
      );

    expect(await create()).toEqual(user);
    expect(await resetPassword()).toEqual(await resetPassword());
  });
});

describe('an upload by tus that begins with bytes', () => {
  const BYTES = Buffer.from('the first bytes of a file');

  const create = (key: string, bytes: Buffer<ArrayBuffer>, length = 1000): Promise<Response> =>
    new TusRequests(`${users.url}/uploads/tus`, under(key)).create(
      { 'upload-length': String(length), 'content-type': 'application/offset+octet-stream' },
      bytes,
    );

  it('is the same when it is repeated, with all that was said of it', async () => {
    const key = newKey();
    const [first, again] = [await create(key, BYTES), await create(key, BYTES)];

    expect([first.status, again.status]).toEqual([201, 201]);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    for (const name of ['location', 'upload-offset', 'upload-expires', 'tus-resumable'])
      expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    expect(again.headers.get('upload-offset')).toBe(String(BYTES.length));
  });

  it('tells of its job again when it was whole', async () => {
    const key = newKey();
    const bytes = await readFile(fixturePath(SPEECH));
    const [first, again] = [await create(key, bytes, bytes.length), await create(key, bytes, bytes.length)];

    expect(first.headers.get('x-job-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(again.headers.get('x-job-id')).toBe(first.headers.get('x-job-id'));
  });

  it('is another one with other bytes', async () => {
    const key = newKey();
    await create(key, BYTES);

    const others = [Buffer.from('the other bytes of a file'), BYTES.subarray(1)];
    for (const bytes of others)
      expect(await codeOf(await create(key, bytes))).toEqual([422, 'idempotency_key_reused']);
  });

  it('goes on from where it stands when its connection broke', async () => {
    const key = newKey();
    const headers = Object.entries(under(key)).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect(Number(new URL(users.url).port), '127.0.0.1');
    socket.write(
      `POST /uploads/tus HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 1000\r\n` +
        `Content-Type: application/offset+octet-stream\r\nContent-Length: ${BYTES.length}\r\n${headers.join('')}\r\n`,
    );
    socket.write(BYTES.subarray(0, 10));
    const arrived = (): Promise<object[]> =>
      users.select('select id from upload_sessions where arriving_bytes = 10');
    await waitFor(async () => (await arrived()).length === 1);
    socket.destroy();
    await waitFor(async () => (await create(key, BYTES)).status !== 409);

    const again = await create(key, BYTES);
    expect([again.status, again.headers.get('upload-offset')]).toEqual([201, '10']);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('another request under the same key', () => {
  it.each<[string, UploadInput]>([
    ['another file', { file: OTHER_SPEECH, filename: 'sense-and-sensibility.wav' }],
    ['another file name', { filename: 'other.wav' }],
    ['another field', { fields: { language: 'en' } }],
    ['another path', { path: '/jobs' }],
  ])('is refused: %s', async (_what, change) => {
    const key = newKey();
    await transcribe(key);
    const [jobs, blobs] = [await countJobs(), await countBlobs()];

    expect(await codeOf(await transcribe(key, change))).toEqual([422, 'idempotency_key_reused']);
    expect([await countJobs(), await countBlobs()]).toEqual([jobs, blobs]);
  });

  it('is refused: another body, or other scopes, which might not see the answer', async () => {
    const key = newKey();
    await createKey(key);
    const order = { name: 'narrow', scopes: ['manage'] };
    const narrow = await jsonOf<CreatedApiKey>(await createKey(newKey(), order));

    const refused = [422, 'idempotency_key_reused'];
    expect(await codeOf(await createKey(key, { ...KEY_ORDER, name: 'other' }))).toEqual(refused);
    expect(await codeOf(await createKey(key, KEY_ORDER, narrow.key))).toEqual(refused);
  });

  it('is refused: another key or session of the user, which may end sooner than what the answer holds', async () => {
    const order = { name: 'for a while', scopes: ['manage', 'read', 'transcribe'], expires_in_days: 1 };
    const { key: shortLived } = await jsonOf<CreatedApiKey>(await createKey(newKey(), order));
    const { access_token: another } = await jsonOf<Tokens>(await signIn(users.url, 'anna', ADMIN_PASSWORD));
    const key = newKey();
    expect((await createKey(key)).status).toBe(201);

    for (const token of [shortLived, another])
      expect(await codeOf(await createKey(key, KEY_ORDER, token))).toEqual([422, 'idempotency_key_reused']);
  });

  it('of another user never meets it', async () => {
    const key = newKey();
    const [anna, bob] = [await createKey(key), await createKey(key, KEY_ORDER, users.bob.token)];

    expect([anna.status, bob.status]).toEqual([201, 201]);
    expect(bob.headers.get('idempotency-replayed')).toBeNull();
  });
});

describe('requests that come at once under one key', () => {
  it.each([2, 20])('create one job, though they are %d', async (count) => {
    const key = newKey();
    const jobs = await countJobs();
    const answers = await Promise.all(Array.from({ length: count }, () => transcribe(key)));
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status !== 202);

    expect(accepted.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(new Set(accepted.map(({ headers }) => headers.get('location'))).size).toBe(1);
    for (const response of refused) {
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await codeOf(response)).toEqual([409, 'idempotency_in_progress']);
    }
    expect(await countJobs()).toBe(jobs + 1);
  });
});

describe('a key', () => {
  it('is free again after an error, even for another request', async () => {
    const key = newKey();

    expect(await codeOf(await createKey(key, { ...KEY_ORDER, scopes: ['root'] }))).toEqual([
      422,
      'validation_failed',
    ]);
    expect(await codeOf(await transcribe(key, { file: 'bad/text.mp3' }))).toEqual([415, 'unsupported_media']);
    expect((await createKey(key)).status).toBe(201);
  });

  it('holds for a day', async () => {
    const [young, old] = [newKey(), newKey()];
    const first = await createKey(old);
    await users.execute(`update idempotency_keys set created_at = now() - interval '24 hours 1 second'`);
    await createKey(young);
    await users.execute(
      `update idempotency_keys set created_at = now() - interval '23 hours 59 minutes' where created_at > now() - interval '1 hour'`,
    );

    const again = await createKey(old);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect((await jsonOf<CreatedApiKey>(again)).id).not.toBe((await jsonOf<CreatedApiKey>(first)).id);
    expect((await createKey(young)).headers.get('idempotency-replayed')).toBe('true');
  });

  it.each([
    ['', 400],
    [' ', 400],
    ['with space', 400],
    ['k'.repeat(256), 400],
    ['k\u00e9y', 400],
    ['k'.repeat(255), 201],
  ])('%j is answered by %d', async (key, status) => {
    const headers = {
      ...bearer(users.anna.token),
      'idempotency-key': key,
      'content-type': 'application/json',
    };
    const options = { method: 'POST', headers };
    const answer = await send(`${users.url}/auth/api-keys`, options, JSON.stringify(KEY_ORDER));

    expect(answer.status).toBe(status);
    if (status === 400) expect(JSON.parse(answer.body)).toMatchObject({ code: 'idempotency_key_invalid' });
  });

  it('does not help whoever is not let in', async () => {
    const key = newKey();
    await createKey(key);

    expect((await createKey(key, KEY_ORDER, 'wt_nobody')).status).toBe(401);
  });

  it('goes with its user', async () => {
    const dora = await users.addUser('dora', 'd');
    await createKey(newKey(), KEY_ORDER, dora.token);
    const response = await fetch(`${users.url}/admin/users/${dora.id}`, {
      method: 'DELETE',
      headers: bearer(users.adminToken),
    });

    expect(response.status).toBe(204);
    expect(await users.select(`select 1 from idempotency_keys where user_id = '${dora.id}'`)).toEqual([]);
  });
});

describe('a copy of the database', () => {
  it('tells neither keys nor answers', async () => {
    const key = 'a-key-that-is-found-easily';
    const { key: secret, id } = await jsonOf<CreatedApiKey>(await createKey(key));
    const job = await jsonOf<Job>(await transcribe(`${key}-too`, { filename: 'telltale.wav' }));
    const rows = await users.select(
      `select row_to_json(k)::text as text, encode(answer, 'escape') as answer from idempotency_keys k`,
    );
    const dump = JSON.stringify(rows);

    expect(rows.length).toBeGreaterThan(1);
    for (const text of [key, secret, secret.slice(0, 11), id, 'telltale', 'for tests'])
      expect(dump).not.toContain(text);
    // A repeat that was cut off has to find its job, so that the id is there.
    expect(dump.split(job.job_id)).toHaveLength(2);
  });
});

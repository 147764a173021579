/** What administrators see of the storage of all users, and how they have it cleaned up. */
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  AdministeredMediaList,
  AdministeredUploadList,
  StorageOverview,
} from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { storeBlob } from '../support/stored-blob.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { waitFor } from '../support/wait-for.js';

const DISCARDED = '0190aaaa-bbbb-7ccc-8ddd-0000000000d1';
const ORPHAN = '0190aaaa-bbbb-7ccc-8ddd-0000000000d2';

const contract = new OpenApiContract();
let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
  const { anna, bob } = users;
  await users.execute(`
    update media_files set size_bytes = 1000 where id = '${anna.mediaId}';
    update media_files set size_bytes = 10 where id = '${bob.mediaId}';
    insert into media_files select '0190aaaa-bbbb-7ccc-8ddd-0000000000e1', original_filename, blob_key, sha256, size_bytes, container, codec,
      duration_seconds, sample_rate, channels, created_at, owner_id from media_files where id = '${anna.mediaId}';
    insert into upload_parts (session_id, number, blob_key, size_bytes) values ('${bob.uploadId}', 0, 'part', 5), ('${bob.uploadId}', 1, 'coming', null);
    update upload_sessions set status = 'failed', error_code = 'corrupt_media' where id = '${anna.tusUploadId}'`);
}, 90_000);

afterAll(async () => {
  await users.close();
});

async function ask(operationId: string, query = '', token = users.adminToken): Promise<Response> {
  const { method, path: route } = contract.getOperation(operationId);
  const response = await fetch(users.url + route + query, {
    method: method.toUpperCase(),
    headers: bearer(token),
  });
  expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
  return response;
}

const uploads = async (query = ''): Promise<AdministeredUploadList> =>
  jsonOf<AdministeredUploadList>(await ask('listUploadsOfAll', query));
const media = async (query = ''): Promise<AdministeredMediaList> =>
  jsonOf<AdministeredMediaList>(await ask('listMediaOfAll', query));
const storage = async (): Promise<StorageOverview> => jsonOf<StorageOverview>(await ask('getStorage'));

describe('the uploads of all', () => {
  it('are newest first, with owner, size, state and age', async () => {
    const { uploads: all, next_cursor: next } = await uploads();

    expect(all.map(({ session_id: id }) => id)).toEqual([
      users.bob.tusUploadId,
      users.anna.tusUploadId,
      users.bob.uploadId,
      users.anna.uploadId,
    ]);
    expect(next).toBeNull();
    expect(all[1]).toMatchObject({
      owner: { id: users.anna.id, username: 'anna' },
      kind: 'tus',
      status: 'failed',
      code: 'corrupt_media',
      received_bytes: 0,
      total_bytes: 10,
    });
  });

  it('are narrowed down and paged', async () => {
    const { uploads: first, next_cursor: cursor } = await uploads('?limit=3&status=active');

    expect(first.map(({ status }) => status)).toEqual(['active', 'active', 'active']);
    expect(cursor).toBeNull();
    expect((await uploads(`?user_id=${users.bob.id}&limit=1`)).next_cursor).toBe(users.bob.tusUploadId);
    expect(
      (await uploads(`?user_id=${users.bob.id}&limit=1&cursor=${users.bob.tusUploadId}`)).uploads,
    ).toMatchObject([{ session_id: users.bob.uploadId }]);
  });
});

describe('the recordings of all', () => {
  it('are newest first, with owner and size', async () => {
    const { media: all } = await media(`?user_id=${users.anna.id}`);

    expect(all.map(({ media_id: id }) => id)).toEqual([
      '0190aaaa-bbbb-7ccc-8ddd-0000000000e1',
      users.anna.mediaId,
    ]);
    expect(all[0]).toMatchObject({ owner: { username: 'anna' }, size_bytes: 1000, container: 'wav' });
    const { next_cursor: cursor } = await media('?limit=2');
    expect((await media(`?cursor=${String(cursor)}`)).media).toHaveLength(1);
  });
});

describe('the storage', () => {
  it('is told by kind and by user, the same bytes once', async () => {
    const { free_bytes: free, ...told } = await storage();

    expect(told).toEqual({
      stored_bytes: { recordings: 1010, unfinished_uploads: 5, database: expect.any(Number) },
      awaiting_collection: 0,
      largest_users: [
        {
          owner: { id: users.anna.id, username: 'anna' },
          recordings: 2,
          recording_bytes: 1000,
          unfinished_bytes: 0,
        },
        {
          owner: { id: users.bob.id, username: 'bob' },
          recordings: 1,
          recording_bytes: 10,
          unfinished_bytes: 5,
        },
      ],
    });
    expect(free).toBeGreaterThan(0);
  });

  it('is cleaned up on the word of an administrator, of what nothing names and nothing else', async () => {
    const fileOf = (key: string): string =>
      path.join(users.dataDir, 'blobs', key.slice(-2), key.slice(-4, -2), key);
    const longAgo = new Date(Date.now() - 3 * 24 * 3600 * 1000);
    for (const key of [DISCARDED, ORPHAN]) await storeBlob(users.dataDir, key, 'x');
    for (const key of [ORPHAN, users.anna.mediaId]) await utimes(fileOf(key), longAgo, longAgo);
    await users.execute(`insert into discarded_blobs values ('${DISCARDED}', now())`);
    expect((await storage()).awaiting_collection).toBe(1);

    expect((await ask('collectStorage')).status).toBe(202);
    await waitFor(async () => (await storage()).awaiting_collection === 0, {
      what: 'the blob to be collected',
    });
    await waitFor(() => !existsSync(fileOf(ORPHAN)), { what: 'the orphan to be collected' });
    expect([existsSync(fileOf(DISCARDED)), existsSync(fileOf(users.anna.mediaId))]).toEqual([false, true]);
  });
});

describe('all of it', () => {
  it('is for administrators, and names no file', async () => {
    for (const operationId of ['listUploadsOfAll', 'listMediaOfAll', 'getStorage', 'collectStorage'])
      expect((await ask(operationId, '', users.anna.token)).status).toBe(403);
    for (const operationId of ['listUploadsOfAll', 'listMediaOfAll', 'getStorage'])
      expect(await (await ask(operationId)).text()).not.toContain('talk.wav');
  });

  it('is asked for with sound conditions', async () => {
    for (const operationId of ['listUploadsOfAll', 'listMediaOfAll'])
      for (const query of ['?cursor=x', '?user_id=anna', '?limit=0', '?text=talk'])
        expect((await ask(operationId, query)).status).toBe(422);
    expect((await ask('listUploadsOfAll', '?status=lost')).status).toBe(422);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success about storage that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Storage')).toEqual([]);
  });
});

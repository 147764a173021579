import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKeyList, CreatedApiKey } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey, postJson } from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';

let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({ env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

async function statusOf(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const response = await fetch(`${service.url}${path}`, { method, headers });
  await response.body?.cancel();
  return response.status;
}

async function listKeys(): Promise<ApiKeyList> {
  return jsonOf<ApiKeyList>(await fetch(`${service.url}/auth/api-keys`));
}

describe('an API key', () => {
  it('is shown once and never again', async () => {
    const { key, ...shown } = await createApiKey(service.url, ['read']);
    const listed = (await listKeys()).api_keys.find(({ id }) => id === shown.id);

    expect(key).toMatch(/^wt_[\w-]{43}$/);
    expect(key.startsWith(shown.prefix)).toBe(true);
    expect(listed).toEqual(shown);
    expect(service.log()).not.toContain(key);
  });

  it.each([
    ['Authorization: Bearer', (key: string): Record<string, string> => bearer(key)],
    ['X-API-Key', (key: string): Record<string, string> => ({ 'x-api-key': key })],
  ])('is accepted as %s, and its use is noted', async (_name, headersOf) => {
    const { id, key } = await createApiKey(service.url, ['read']);

    expect(await statusOf('/jobs', headersOf(key))).toBe(200);
    const used = (await listKeys()).api_keys.find((candidate) => candidate.id === id);
    expect(used?.last_used_at).toEqual(expect.any(String));
  });

  it('is refused from the moment on that it is revoked', async () => {
    const { id, key } = await createApiKey(service.url, ['read', 'manage']);

    expect(await statusOf(`/auth/api-keys/${id}`, bearer(key), 'DELETE')).toBe(204);
    expect(await statusOf('/jobs', bearer(key))).toBe(401);
    expect(await statusOf(`/auth/api-keys/${id}`, {}, 'DELETE')).toBe(404);
  });

  it.each([
    ['read', '/auth/api-keys'],
    ['manage', '/jobs'],
    ['transcribe', '/jobs'],
    ['manage', '/admin/models'],
  ])('with the scope %s does not open %s', async (scope, path) => {
    const { key } = await createApiKey(service.url, [scope]);
    const response = await fetch(`${service.url}${path}`, { headers: bearer(key) });

    expect([response.status, (await problemOf(response)).code]).toEqual([403, 'access_denied']);
  });

  it('cannot make one that may more', async () => {
    const { key } = await createApiKey(service.url, ['manage', 'read']);
    const order = { name: 'more', scopes: ['manage', 'admin'] };
    const refused = await postJson(`${service.url}/auth/api-keys`, order, bearer(key));

    expect([refused.status, (await problemOf(refused)).code]).toEqual([403, 'access_denied']);
    expect((await createApiKey(service.url, ['read'], bearer(key))).scopes).toEqual(['read']);
  });

  it('cannot make one that outlives it', async () => {
    const order = { name: 'for a day', scopes: ['manage'], expires_in_days: 1 };
    const created = await postJson(`${service.url}/auth/api-keys`, order);
    const { key } = await jsonOf<CreatedApiKey>(created);
    const ask = (days: object): Promise<Response> =>
      postJson(`${service.url}/auth/api-keys`, { name: 'x', scopes: ['manage'], ...days }, bearer(key));

    expect((await ask({})).status).toBe(403);
    expect((await ask({ expires_in_days: 2 })).status).toBe(403);
  });

  it.each([
    { scopes: ['read'] },
    { name: '', scopes: ['read'] },
    { name: 'a\u0000b', scopes: ['read'] },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['root'] },
    { name: 'x', scopes: ['read', 'read'] },
    { name: 'x', scopes: 'read' },
    { name: 'x', scopes: ['read'], expires_in_days: 0 },
    { name: 'x', scopes: ['read'], expires_in_days: null },
    { name: 'x', scopes: ['read'], user_id: UNKNOWN_ID },
    { name: 'x', scopes: ['read'], role: 'admin' },
    [],
    null,
  ])('is not made of %j', async (order) => {
    const response = await postJson(`${service.url}/auth/api-keys`, order);

    expect([400, 422]).toContain(response.status);
  });
});

/** Attacks by names of files, by their names. */
import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { bearer } from '../../support/accounts.js';
import { formWith, send } from '../../support/raw-request.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

/** Every file of the service's data; its database is elsewhere. */
async function listFiles(): Promise<string[]> {
  const entries = await readdir(users.dataDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('path traversal in file names', () => {
  it.each([
    '../../../../../../tmp/traversal.wav',
    '..\\..\\..\\traversal.wav',
    '/tmp/traversal.wav',
    'C:\\traversal.wav',
    '....//....//traversal.wav',
    '%2e%2e%2ftraversal.wav',
    'secrets/../../traversal.wav',
  ])('%s becomes the name of no file', async (filename) => {
    const before = await listFiles();
    const { contentType, body } = formWith(filename);
    const headers = { ...bearer(users.anna.token), 'content-type': contentType };
    const { status, body: text } = await send(`${users.url}/upload`, { method: 'POST', headers }, body);
    const added = (await listFiles()).filter((file) => !before.includes(file));

    expect(status).toBe(202);
    expect((JSON.parse(text) as Job).original_filename).toMatch(/^[^/\\]*traversal\.wav$/);
    // The same bytes of the same user are one file, whatever they are called.
    for (const file of added) expect(file).toMatch(/\/blobs\/[\w/-]+$/);
    expect((await listFiles()).join('\n')).not.toContain('traversal');
    expect(await readdir('/tmp')).not.toContain('traversal.wav');
  });

  it.each([
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/docs/..%2f..%2fpackage.json',
    '/.env',
    '/data/secrets/secret-key',
    '/blobs',
    '/transcripts/..%2f..%2fsecrets%2fsecret-key',
    '/transcripts/..%5c..%5csecrets',
    '/admin/models/..%2f..%2fsecrets',
  ])('GET %s reads no file', async (path) => {
    const { status } = await send(users.url, { path, headers: bearer(users.adminToken) });

    expect([400, 404, 422]).toContain(status);
  });

  it('in the name of a model that is pulled or removed reaches nothing', async () => {
    const headers = bearer(users.adminToken);
    for (const name of ['..%2f..%2fsecrets', '%2e%2e', 'base%2f..%2f..', '%00'])
      for (const [method, path] of [
        ['POST', `/admin/models/${name}/pull`],
        ['DELETE', `/admin/models/${name}`],
      ] as const)
        expect((await send(users.url, { path, method, headers })).status).toBe(422);
  });
});

describe("the path of a file of the service's own", () => {
  it('opens it to nobody, under whatever name the folder may be served', async () => {
    const { contentType, body } = formWith('talk.wav');
    const headers = { ...bearer(users.anna.token), 'content-type': contentType };
    await send(`${users.url}/upload`, { method: 'POST', headers }, body);
    const files = (await listFiles()).map((file) => relative(users.dataDir, file));
    expect(files.join(' ')).toMatch(/secrets\/.* blobs\/|blobs\/.* secrets\//);

    for (const file of files)
      for (const path of [
        file,
        `data/${file}`,
        `static/${file}`,
        `uploads/${basename(file)}`,
        basename(file),
      ])
        for (const who of [users.anna.token, users.adminToken])
          expect((await send(users.url, { path: `/${path}`, headers: bearer(who) })).status).toBe(404);
  });
});

describe('header injection by a file name in downloads', () => {
  it.each([
    'a\r\nset-cookie: stolen=1\r\n\r\n<script>.wav',
    'a"; filename="evil.exe',
    "a.wav; filename*=UTF-8''evil.exe",
    'a\\".wav',
    'Grüße 日本\u2028.wav',
    'a\tb\u007f\u0001.wav',
  ])('%j is one value of one header', async (filename) => {
    const title = filename.replaceAll("'", "''");
    await users.execute(`update jobs set original_filename = '${title}' where id = '${users.anna.jobId}'`);
    const url = `${users.url}/transcripts/${users.anna.jobId}/download?format=txt`;
    const { status, headers, body } = await send(url, { headers: bearer(users.anna.token) });
    const disposition = headers['content-disposition'] ?? '';

    expect([status, body]).toEqual([200, '']);
    expect(headers).not.toHaveProperty('set-cookie');
    expect(disposition).toMatch(
      /^attachment; filename="(?:[^"\\]|\\.)*"(?:; filename\*=UTF-8''[\w.%~!#$&+^`|-]+)?$/,
    );
    expect(disposition).toMatch(/^[\x20-\x7e\xa0-\xff]+$/);
  });

  it.each(['a\r\nset-cookie: stolen=1.wav', 'a\u0000b.wav'])(
    '%j is not even kept as it was sent',
    async (filename) => {
      const { contentType, body } = formWith(filename);
      const headers = { ...bearer(users.anna.token), 'content-type': contentType };
      const { status, body: text } = await send(`${users.url}/upload`, { method: 'POST', headers }, body);

      // A form may be refused for it; a name that is taken has no control characters.
      expect([202, 400, 422]).toContain(status);
      expect(status === 202 ? (JSON.parse(text) as Job).original_filename : '').not.toMatch(/\p{Cc}/u);
    },
  );
});

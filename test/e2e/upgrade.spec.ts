/** Data that an earlier version has written; test/fixtures/upgrade tells how it was made. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Tokens } from '@whisper-transcriber/client-sdk';
import { bearer, signIn } from '../support/accounts.js';
import { fixturePath, jsonOf } from '../support/api-client.js';
import { restore } from '../support/backup-commands.js';
import { keepSecretsOf } from '../support/collected-logs.js';
import { startService, type RunningService } from '../support/start-service.js';

const FOLDER = path.resolve(import.meta.dirname, '../fixtures/upgrade');

interface Expected {
  readonly secrets: Readonly<Record<string, string>>;
  readonly password: string;
  readonly apiKey: string;
  readonly jobId: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly transcript: object;
}

describe('data that an earlier version has written', () => {
  let dataDir: string;
  let expected: Expected;
  let service: RunningService;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'upgrade-'));
    expected = JSON.parse(await readFile(path.join(FOLDER, 'expected.json'), 'utf8')) as Expected;
    keepSecretsOf(expected.secrets);
    const env = { DATA_DIR: dataDir, ...expected.secrets };
    expect(await restore(path.join(FOLDER, 'earlier.zip'), env)).toMatchObject({ code: 0, stderr: '' });
    service = await startService({ dataDir, env: { ...expected.secrets, ANONYMOUS_LOCAL: 'false' } });
  }, 90_000);

  afterAll(async () => {
    await service.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const get = (url: string): Promise<Response> =>
    fetch(`${service.url}${url}`, { headers: bearer(expected.apiKey) });

  it('lets its users sign in with their passwords', async () => {
    const response = await signIn(service.url, 'admin', expected.password);

    expect(response.status).toBe(200);
    expect((await jsonOf<Tokens>(response)).access_token).not.toBe('');
  });

  it('lets its API keys read its jobs and transcripts', async () => {
    const job = await jsonOf<Job>(await get(`/jobs/${expected.jobId}`));
    const transcript = await jsonOf<object>(await get(`/transcripts/${expected.jobId}`));

    expect(job).toMatchObject({ status: 'completed', original_filename: 'sentence.ogg' });
    expect(transcript).toMatchObject(expected.transcript);
  });

  it.each(['txt', 'srt', 'vtt'])('gives the same %s as before', async (format) => {
    const response = await get(`/transcripts/${expected.jobId}/download?format=${format}`);

    expect(await response.text()).toBe(expected.exports[format]);
  });

  it('has its recordings', async () => {
    const { media_id: mediaId } = await jsonOf<Job>(await get(`/jobs/${expected.jobId}`));
    const bytes = Buffer.from(await (await get(`/media/${mediaId ?? ''}`)).arrayBuffer());

    expect(bytes.equals(await readFile(fixturePath('formats/sentence.opus.ogg')))).toBe(true);
  });
});

import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, JobList } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf, problemOf, upload, type UploadInput } from '../support/api-client.js';
import { startService, type RunningService } from '../support/start-service.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const MAX_BYTES = 1_048_576;
const execute = promisify(execFile);

let service: RunningService;

beforeAll(async () => {
  service = await startService({
    env: { MAX_UPLOAD_MB: '1', MAX_AUDIO_HOURS: '1', WORKER_EMBEDDED: 'false' },
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
});

async function refusal(input: UploadInput): Promise<[number, string]> {
  const response = await upload(service.url, input);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = await problemOf(response);
  expect(problem).toMatchObject({
    status: response.status,
    type: `urn:whisper-transcriber:error:${problem.code}`,
  });
  expect(problem.request_id).toBe(response.headers.get('x-request-id'));
  return [response.status, problem.code];
}

async function countJobs(): Promise<number> {
  return (await jsonOf<JobList>(await fetch(`${service.url}/jobs`))).total;
}

describe('an accepted upload', () => {
  it('is made by the bare command: no header, no credentials', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bare-upload-'));
    await copyFile(fixturePath(SPEECH), join(folder, 'audio.wav'));
    const { port } = new URL(service.url);
    const command = `curl -X POST -F "file=@audio.wav" -w "\\n%{http_code}" http://localhost:${port}/upload`;
    const { stdout } = await execute('sh', ['-c', command], { cwd: folder });
    await rm(folder, { recursive: true });
    const [body, status] = stdout.split('\n');

    expect(status).toBe('202');
    expect(JSON.parse(body ?? '')).toMatchObject({
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'queued',
      original_filename: 'audio.wav',
    });
  });

  it.each(['/upload', '/upload/', '/jobs', '/jobs/', '/api/upload'])(
    'at %s is a queued job with links',
    async (path) => {
      const response = await upload(service.url, {
        path,
        file: SPEECH,
        fields: { model: 'base', language: 'English' },
      });
      const job = await jsonOf<Job>(response);

      expect(response.status).toBe(202);
      expect(response.headers.get('location')).toBe(`/jobs/${job.job_id}`);
      expect(job).toMatchObject({
        status: 'queued',
        queue_job_id: job.job_id,
        original_filename: 'sense-and-sensibility.wav',
        model: 'base',
        language: 'en',
        duration_seconds: 7.1,
        transcript: null,
        links: { self: `/jobs/${job.job_id}`, transcript: `/transcripts/${job.job_id}` },
      });
      expect(await jsonOf<Job>(await fetch(`${service.url}/jobs/${job.job_id}`))).toMatchObject({
        job_id: job.job_id,
      });
    },
  );

  it('keeps an awkward file name as it is', async () => {
    const filename = "Sätze 日本 (1) & 'q'; x.flac";
    const job = await jsonOf<Job>(await upload(service.url, { file: 'formats/sentence.flac', filename }));

    expect(job.original_filename).toBe(filename);
  });

  it('may have fields that were left empty', async () => {
    const fields = { model: '', language: '', track: '', priority: '', callback_url: '' };
    const response = await upload(service.url, { file: 'formats/sentence.flac', fields });

    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ language: null, track: null, priority: 'normal' });
  });

  it('may be exactly as large as the limit, and not a byte larger', async () => {
    const header = Buffer.alloc(44);
    header.write('RIFF', 0);
    header.writeUInt32LE(MAX_BYTES - 8, 4);
    header.write('WAVEfmt ', 8);
    header.set([16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0], 16);
    header.write('data', 36);
    header.writeUInt32LE(MAX_BYTES - 44, 40);
    const send = (bytes: number): Promise<Response> => {
      const form = new FormData();
      form.set('file', new Blob([header, new Uint8Array(bytes - 44)]), 'limit.wav');
      return fetch(`${service.url}/upload`, { method: 'POST', body: form });
    };

    expect((await send(MAX_BYTES)).status).toBe(202);
    const over = await send(MAX_BYTES + 1);
    expect([over.status, (await problemOf(over)).code]).toEqual([413, 'file_too_large']);
  });
});

describe('a refused upload', () => {
  it.each([
    ['bad/empty.wav', 422, 'empty_file'],
    ['bad/empty.mp3', 422, 'empty_file'],
    ['bad/text.mp3', 415, 'unsupported_media'],
    ['bad/html.mp3', 415, 'unsupported_media'],
    ['bad/zip_named.wav', 415, 'unsupported_media'],
    ['bad/random.flac', 415, 'unsupported_media'],
    ['bad/playlist_named.mp3', 415, 'unsupported_media'],
    ['bad/concat_named.wav', 415, 'unsupported_media'],
    ['bad/header_absurd.wav', 422, 'corrupt_media'],
    ['bad/truncated.m4a', 422, 'corrupt_media'],
    ['bad/header_only.wav', 422, 'empty_audio'],
    ['bad/image_named.mp3', 422, 'no_audio'],
    ['bad/video_only.mp4', 422, 'no_audio'],
    ['bad/long_10h.flac', 413, 'audio_too_long'],
  ])('%s gets %d %s', async (file, status, code) => {
    const before = await countJobs();
    expect(await refusal({ file })).toEqual([status, code]);
    expect(await countJobs()).toBe(before);
  });

  it.each<[string, UploadInput, number, string]>([
    ['an unknown model', { file: SPEECH, fields: { model: 'nonsense' } }, 422, 'model_unknown'],
    ['a model that is not here', { file: SPEECH, fields: { model: 'large-v3' } }, 409, 'model_not_ready'],
    ['an unknown language', { file: SPEECH, fields: { language: 'klingon' } }, 422, 'language_unknown'],
    ['an unknown option', { file: SPEECH, fields: { modle: 'base' } }, 422, 'validation_failed'],
    ['an endless option', { file: SPEECH, fields: { model: 'x'.repeat(10_000) } }, 422, 'validation_failed'],
    ['no file', { fields: { model: 'base' } }, 422, 'file_missing'],
    ['text in place of the file', { fields: { file: 'talk.wav' } }, 422, 'file_missing'],
  ])('%s gets its own answer', async (_what, input, status, code) => {
    expect(await refusal(input)).toEqual([status, code]);
  });

  it('names the unknown option', async () => {
    const problem = await problemOf(await upload(service.url, { file: SPEECH, fields: { modle: 'base' } }));

    expect(problem.errors).toEqual([{ field: 'modle', message: 'is not known here' }]);
  });

  it('is refused for an option after the file as for one before it, and nothing is kept', async () => {
    const before = await countJobs();
    const form = new FormData();
    form.append('file', new Blob([await readFile(fixturePath(SPEECH))]), 'a.wav');
    form.append('model', 'nonsense');
    const response = await fetch(`${service.url}/upload`, { method: 'POST', body: form });

    expect([response.status, (await problemOf(response)).code]).toEqual([422, 'model_unknown']);
    expect(await countJobs()).toBe(before);
    expect(await readdir(join(service.dataDir, 'blobs', 'staging'))).toEqual([]);
  });

  it('has two files', async () => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.alloc(100)]), 'a.wav');
    form.append('file', new Blob([Buffer.alloc(100)]), 'b.wav');
    const response = await fetch(`${service.url}/upload`, { method: 'POST', body: form });

    expect([response.status, (await problemOf(response)).code]).toEqual([422, 'too_many_files']);
  });

  it.each([
    ['no form at all', 'application/octet-stream', 'abc', 415, 'content_type_unsupported'],
    ['a form without a boundary', 'multipart/form-data', 'abc', 400, 'malformed_multipart'],
    [
      'a form that ends too early',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1',
      400,
      'malformed_multipart',
    ],
    ['broken JSON', 'application/json', '{', 400, 'malformed_json'],
  ])('is %s', async (_what, contentType, body, status, code) => {
    const response = await fetch(`${service.url}/upload`, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType },
    });

    expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
  });
});

describe('an upload that is too large', () => {
  it('is refused by its announced length before a byte of it is sent', async () => {
    const announced = await new Promise<{ status: number | undefined; continued: boolean }>(
      (resolve, reject) => {
        let continued = false;
        const headers = {
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': 10 ** 12,
          expect: '100-continue',
        };
        const sent = request(`${service.url}/upload`, { method: 'POST', headers });
        sent.on('continue', () => (continued = true));
        sent.on('response', (response) => {
          resolve({ status: response.statusCode, continued });
          sent.destroy();
        });
        sent.on('error', reject);
        sent.flushHeaders();
      },
    );

    expect(announced).toEqual({ status: 413, continued: false });
  });

  it('is refused while it arrives when it does not say how long it is', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n');
      for (let sent = 0; sent < 40; sent += 1) yield await Promise.resolve(new Uint8Array(100_000));
    }
    const response = await fetch(`${service.url}/upload`, {
      method: 'POST',
      body: ReadableStream.from(endless()),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      duplex: 'half',
    });

    expect([response.status, (await problemOf(response)).code]).toEqual([413, 'file_too_large']);
  });
});

describe('requests from elsewhere', () => {
  it.each([{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])(
    'are refused: %p',
    async (headers) => {
      expect(await refusal({ file: SPEECH, headers })).toEqual([403, 'origin_forbidden']);
    },
  );
});

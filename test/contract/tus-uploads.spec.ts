/** Resumable uploads by tus 1.0: the official client, and requests by hand for what it never does. */
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Upload, type UploadOptions } from 'tus-js-client';
import type { Job, UploadList, UploadStatus } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf } from '../support/api-client.js';
import { executeSql } from '../support/databases.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { openForUploads, STORES, type ServiceWithStore } from '../support/service-with-store.js';
import { metadataHeader, TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;

const contract = new OpenApiContract();
let recording: Buffer<ArrayBuffer>;

function digest(algorithm: string, bytes: Buffer): Record<string, string> {
  return { 'upload-checksum': `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}` };
}

describe.each(STORES)('tus uploads into %s', (store) => {
  let service: ServiceWithStore;
  let tus: TusRequests;

  openForUploads(store, (opened) => {
    ({ service, recording } = opened);
    tus = new TusRequests(`${service.url}/uploads/tus`);
  });

  const idOf = (url: string): string => url.split('/').at(-1) ?? '';
  const statusOf = async (url: string): Promise<UploadStatus> =>
    jsonOf<UploadStatus>(await fetch(`${service.url}/uploads/${idOf(url)}/status`));

  async function recordingOf(jobId: string): Promise<{ job: Job; bytes: Buffer }> {
    const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${jobId}`));
    const media = await fetch(`${service.url}/media/${String(job.media_id)}`);
    return { job, bytes: Buffer.from(await media.arrayBuffer()) };
  }

  function uploadBy(options: Partial<UploadOptions>): Promise<{ jobId: string; url: string }> {
    return new Promise((resolve, reject) => {
      const upload = new Upload(recording, {
        endpoint: tus.endpoint,
        retryDelays: [0, 100, 500],
        metadata: { filename: 'talk.wav', filetype: 'audio/wav', language: 'en' },
        onError: reject,
        onSuccess: ({ lastResponse }) => {
          resolve({ jobId: lastResponse.getHeader('x-job-id') ?? '', url: upload.url ?? '' });
        },
        ...options,
      });
      upload.start();
    });
  }

  it.each([
    ['in one piece', {}],
    ['in pieces', { chunkSize: MIB }],
    ['with the first bytes in its creation', { uploadDataDuringCreation: true, chunkSize: MIB }],
    ['in parallel', { parallelUploads: 3 }],
    ['without knowing its length', { uploadLengthDeferred: true, chunkSize: MIB }],
    ['where PATCH cannot be sent', { overridePatchMethod: true, chunkSize: 2 * MIB }],
  ] as const)('are sent by the official client %s', async (_how, options) => {
    const { jobId } = await uploadBy(options);

    const { job, bytes } = await recordingOf(jobId);
    expect(job).toMatchObject({ status: 'queued', original_filename: 'talk.wav', language: 'en' });
    expect(bytes.equals(recording)).toBe(true);
  });

  it('keep what arrived before a connection broke, and go on from there', async () => {
    const url = await tus.begin(recording.length, { filename: 'talk.wav' });
    const { hostname, port, pathname } = new URL(url);
    const head =
      `PATCH ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
      `Content-Type: application/offset+octet-stream\r\nContent-Length: ${recording.length}\r\n\r\n`;
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(head);
        socket.write(recording.subarray(0, 2 * MIB), () => setTimeout(() => socket.destroy(), 300));
      });
      socket.once('close', () => {
        resolve();
      });
    });

    const offset = await tus.offset(url);
    expect(offset).toBe(2 * MIB);
    const rest = await tus.append(url, offset, recording.subarray(offset));
    expect(rest.status).toBe(204);
    expect((await recordingOf(rest.headers.get('x-job-id') ?? '')).bytes.equals(recording)).toBe(true);
  });

  it('are taken over from a connection that hangs', async () => {
    const url = await tus.begin(recording.length);
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `PATCH ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
        `Content-Type: application/offset+octet-stream\r\nContent-Length: ${recording.length}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.write(recording.subarray(0, MIB), resolve));

    await waitFor(async () => (await statusOf(url)).received_bytes === MIB);
    const offset = await tus.offset(url);
    expect(offset).toBe(MIB);
    expect((await tus.append(url, offset, recording.subarray(offset))).status).toBe(204);
    socket.destroy();
  });

  it('tell what they can, and what is the matter with an upload', async () => {
    for (const url of [tus.endpoint, `${tus.endpoint}/${UNKNOWN_ID}`]) {
      const options = await fetch(url, { method: 'OPTIONS' });
      expect(options.status).toBe(204);
      expect(Object.fromEntries(options.headers)).toMatchObject({
        'tus-resumable': '1.0.0',
        'tus-version': '1.0.0',
        'tus-max-size': String(20 * MIB),
        'tus-extension':
          'creation,creation-with-upload,creation-defer-length,checksum,concatenation,expiration,termination',
        'tus-checksum-algorithm': 'sha1,sha256,sha512,md5',
      });
    }

    const metadata = metadataHeader({ filename: 'Sätze 日本.wav', color: 'blue' });
    const created = await tus.create({ 'upload-length': '10', ...metadata });
    const head = await tus.ask('HEAD', tus.locationOf(created));
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'upload-length': '10',
      'cache-control': 'no-store',
      ...metadata,
    });
    expect(Date.parse(head.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now());
    expect(await statusOf(tus.locationOf(created))).toMatchObject({
      kind: 'tus',
      original_filename: 'Sätze 日本.wav',
      total_chunks: null,
    });
  });

  it('check the bytes of a request by any of the hashes, and throw away what is wrong', async () => {
    const url = await tus.begin(recording.length);
    let offset = 0;
    for (const algorithm of ['sha1', 'sha256', 'sha512', 'md5']) {
      const bytes = recording.subarray(offset, offset + 1000);
      const wrong = await tus.append(url, offset, bytes, digest(algorithm, randomBytes(4)));
      expect(await contract.refusalOf('appendToTusUpload', wrong)).toEqual([460, 'upload_checksum_mismatch']);
      expect(await tus.offset(url)).toBe(offset);
      expect((await tus.append(url, offset, bytes, digest(algorithm, bytes))).status).toBe(204);
      offset += 1000;
    }
    const unknown = await tus.append(url, offset, Buffer.alloc(1), { 'upload-checksum': 'crc7 AAAA' });
    expect(await contract.refusalOf('appendToTusUpload', unknown)).toEqual([400, 'malformed_request']);
  });

  it('say at once what is wrong with the file', async () => {
    const before = await service.countBlobs();
    const bytes = Buffer.from('This is not a recording at all. '.repeat(100));
    const url = await tus.begin(bytes.length, { filename: 'music.mp3' });

    const answer = await tus.append(url, 0, bytes);
    expect(await contract.refusalOf('appendToTusUpload', answer)).toEqual([415, 'unsupported_media']);
    expect(await statusOf(url)).toMatchObject({ status: 'failed', error_code: 'unsupported_media' });
    expect(await service.countBlobs()).toBe(before);
    const trackless = await tus.begin(recording.length, { track: '1' });
    const whole = await tus.append(trackless, 0, recording);
    expect(await contract.refusalOf('appendToTusUpload', whole)).toEqual([422, 'track_unknown']);
    const uploads = async (): Promise<number> =>
      (await jsonOf<UploadList>(await fetch(`${service.url}/uploads`))).total;
    const begun = await uploads();
    const empty = await tus.create({ 'upload-length': '0' });
    expect(await contract.refusalOf('createTusUpload', empty)).toEqual([422, 'empty_file']);
    expect(await uploads()).toBe(begun);
  });

  it('can be given up, and nothing of them remains', async () => {
    const before = await service.countBlobs();
    const url = await tus.begin(recording.length);
    await tus.append(url, 0, recording.subarray(0, MIB));

    expect((await tus.ask('DELETE', url)).status).toBe(204);
    expect(await service.countBlobs()).toBe(before);
    const more = await tus.append(url, MIB, recording.subarray(MIB));
    expect(await contract.refusalOf('appendToTusUpload', more)).toEqual([410, 'upload_gone']);
  });

  it('refuse what is not the protocol', async () => {
    const url = await tus.begin(1000);
    const ten = Buffer.alloc(10);
    const created = async (headers: Record<string, string>): Promise<[number, string]> =>
      contract.refusalOf('createTusUpload', await tus.create(headers));
    const appended = async (response: Promise<Response>): Promise<[number, string]> =>
      contract.refusalOf('appendToTusUpload', await response);

    expect(await created({})).toEqual([400, 'malformed_request']);
    expect(await created({ 'upload-length': '-1' })).toEqual([400, 'malformed_request']);
    expect(await created({ 'upload-length': '1e3' })).toEqual([400, 'malformed_request']);
    expect(await created({ 'upload-length': String(20 * MIB + 1) })).toEqual([413, 'file_too_large']);
    expect(await created({ 'upload-length': '5', 'upload-metadata': 'a b c' })).toEqual([
      400,
      'malformed_request',
    ]);
    expect(await created({ 'upload-length': '5', ...metadataHeader({ model: 'enormous' }) })).toEqual([
      422,
      'model_unknown',
    ]);
    expect(await created({ 'upload-length': '5', 'tus-resumable': '0.2.2' })).toEqual([
      412,
      'tus_version_unsupported',
    ]);
    const versionless = await fetch(tus.endpoint, { method: 'POST', headers: { 'upload-length': '5' } });
    expect(versionless.headers.get('tus-version')).toBe('1.0.0');
    expect(await contract.refusalOf('createTusUpload', versionless)).toEqual([
      412,
      'tus_version_unsupported',
    ]);

    expect(await appended(tus.append(url, 5, ten))).toEqual([409, 'upload_offset_wrong']);
    expect(await appended(tus.append(url, 0, Buffer.alloc(1001)))).toEqual([413, 'file_too_large']);
    expect(await appended(tus.append(url, 0, ten, { 'content-type': 'text/plain' }))).toEqual([
      415,
      'content_type_unsupported',
    ]);
    expect(await appended(tus.append(`${tus.endpoint}/${UNKNOWN_ID}`, 0, ten))).toEqual([
      404,
      'upload_not_found',
    ]);
    expect(await appended(tus.append(`${tus.endpoint}/x`, 0, ten))).toEqual([404, 'upload_not_found']);
    expect(await tus.offset(url)).toBe(0);
  });

  it('say what is wrong with a length', async () => {
    const url = await tus.begin(1000);
    const detailOf = async (response: Response): Promise<string> => (await problemOf(response)).detail;

    expect(await detailOf(await tus.append(url, 0, Buffer.alloc(1001)))).toContain('was announced');
    const twice = await tus.append(url, 0, Buffer.alloc(10), { 'upload-length': '1000' });
    expect(await detailOf(twice)).toContain('Upload-Length can be told once');
    const deferred = await tus.beginWithoutLength();
    expect(await detailOf(await tus.append(deferred, 0, Buffer.alloc(20 * MIB + 1)))).toContain('20 MiB');
  });

  it('tell the version also in answers of which the protocol knows nothing', async () => {
    const url = await tus.begin(1000);
    const answers = [
      await tus.append(url, 0, Buffer.alloc(1), { 'content-type': 'text/plain' }),
      await tus.ask('POST', url),
      await tus.ask('HEAD', url, { authorization: 'Bearer nobody' }),
    ];

    expect(answers.map(({ status, headers }) => [status, headers.get('tus-resumable')])).toEqual([
      [415, '1.0.0'],
      [400, '1.0.0'],
      [401, '1.0.0'],
    ]);
  });

  it('answer as the OpenAPI document says', async () => {
    const seen = async (operationId: string, response: Response): Promise<void> => {
      expect(await contract.findFaults(operationId, response)).toEqual([]);
    };
    const url = await tus.begin(recording.length);
    const bytes = recording.subarray(0, 10);
    const override = { 'x-http-method-override': 'PATCH' };
    const own = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '10' };
    await seen('describeTus', await tus.ask('OPTIONS', tus.endpoint));
    await seen('describeTusAtUpload', await tus.ask('OPTIONS', url));
    await seen('createTusUpload', await tus.create({ 'upload-length': '1' }));
    await seen('appendToTusUpload', await tus.append(url, 0, bytes));
    await seen('overrideTusMethod', await tus.ask('POST', url, { ...own, ...override }, bytes));
    await seen('overrideTusMethod', await tus.ask('POST', url, { 'x-http-method-override': 'HEAD' }));
    await seen('getTusOffset', await tus.ask('HEAD', url));
    await seen('terminateTusUpload', await tus.ask('DELETE', url));
    expect(contract.findUnseenSuccesses((tag) => tag === 'Resumable uploads')).toEqual([]);
  });

  it('end when they are not gone on with', async () => {
    const url = await tus.begin(recording.length);
    await tus.append(url, 0, recording.subarray(0, 1000));
    await executeSql(
      service.database.url,
      `update upload_sessions set expires_at = now() where id = '${idOf(url)}'`,
    );

    const late = await tus.append(url, 1000, recording.subarray(1000));
    expect(await contract.refusalOf('appendToTusUpload', late)).toEqual([410, 'upload_expired']);
    expect((await tus.ask('HEAD', url)).status).toBe(410);
  });
});

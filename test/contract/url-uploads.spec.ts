/** Recordings that are fetched from an address. How the service keeps to public addresses is in integration/guarded-fetch*.spec.ts. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, UploadStatus } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { fixturePath, jsonOf, problemOf } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { OutsideServer, OutsideServers, type Answer } from '../support/outside-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;
const contract = new OpenApiContract();
const outside = new OutsideServers();
let database: TestDatabase;
let service: RunningService;
let recording: Buffer;

beforeAll(async () => {
  recording = await readFile(fixturePath('docs/samples/sense-and-sensibility.wav'));
  database = await openOnServer();
  service = await start();
}, 90_000);

afterEach(async () => {
  await outside.close();
});

afterAll(async () => {
  await service.stop();
  await database.close();
});

function start(): Promise<RunningService> {
  return startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      MAX_UPLOAD_MB: '1',
      URL_FETCH_ALLOW: '127.0.0.1',
    },
  });
}

const serve = (answer: Answer): Promise<OutsideServer> => outside.add(OutsideServer.http(answer));
/** The service knows no name of this machine. */
const at = (server: OutsideServer, path: string): string =>
  server.url(path).replace('recordings.test', '127.0.0.1');
const ask = (body: object): Promise<Response> => postJson(`${service.url}/uploads/url`, body);
const addressOf = ({ session_id: id }: UploadStatus): string => `${service.url}/uploads/${id}/status`;
const statusOf = async (upload: UploadStatus): Promise<UploadStatus> =>
  jsonOf<UploadStatus>(await fetch(addressOf(upload)));

async function begin(body: object): Promise<UploadStatus> {
  const response = await ask(body);
  expect(await contract.findFaults('uploadByUrl', response.clone())).toEqual([]);
  expect(response.status).toBe(202);
  const upload = await jsonOf<UploadStatus>(response);
  expect(response.headers.get('location')).toBe(new URL(addressOf(upload)).pathname);
  return upload;
}

async function endOf(upload: UploadStatus): Promise<UploadStatus> {
  await waitFor(async () => (await statusOf(upload)).status !== 'active');
  await waitFor(async () => (await statusOf(upload)).status !== 'assembling');
  return statusOf(upload);
}

describe('a recording at an address', () => {
  it('is fetched and becomes a job, under the name that the other side gives it', async () => {
    const server = await serve((_request, response) => {
      response.setHeader('content-disposition', `attachment; filename="talk.wav"`);
      response.setHeader('content-length', recording.length);
      response.end(recording);
    });
    const upload = await begin({ url: at(server, '/download?id=7'), language: 'en' });

    expect(upload).toMatchObject({
      kind: 'url',
      original_filename: 'talk.wav',
      total_bytes: recording.length,
    });
    const ended = await endOf(upload);
    expect(ended).toMatchObject({ status: 'completed', progress_percent: 100, error_code: null });
    const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${ended.job_id ?? ''}`));
    expect(job).toMatchObject({ status: 'queued', language: 'en', original_filename: 'talk.wav' });
    const media = await fetch(`${service.url}/media/${ended.media_id ?? ''}`);
    expect(Buffer.from(await media.arrayBuffer()).equals(recording)).toBe(true);
  });

  it('may be called something else, and have a length that is not told', async () => {
    const server = await serve((_request, response) => {
      response.write(recording.subarray(0, 1000));
      response.end(recording.subarray(1000));
    });
    const upload = await begin({ url: at(server, '/x'), filename: '../../mine.wav' });

    expect(upload).toMatchObject({
      total_bytes: null,
      progress_percent: null,
      original_filename: 'mine.wav',
    });
    expect(await endOf(upload)).toMatchObject({ status: 'completed', received_bytes: recording.length });
  });

  it('tells how much of it has arrived, and can be given up', async () => {
    const server = await serve((_request, response) => {
      response.setHeader('content-length', recording.length);
      response.write(recording.subarray(0, 50_000));
    });
    const upload = await begin({ url: at(server, '/slow.wav') });

    await waitFor(async () => (await statusOf(upload)).received_bytes === 50_000);
    expect((await fetch(addressOf(upload).replace('/status', ''), { method: 'DELETE' })).status).toBe(200);
    await waitFor(() => server.open.size === 0, { what: 'the connection to be closed' });
    expect((await statusOf(upload)).status).toBe('cancelled');
  });

  it.each<[string, Answer, string]>([
    [
      'is no recording',
      (_request, response) => {
        response.setHeader('content-type', 'audio/wav');
        response.end('<html>Please sign in</html>');
      },
      'unsupported_media',
    ],
    [
      'breaks off',
      (_request, response) => {
        response.setHeader('content-length', recording.length);
        response.write(recording.subarray(0, 100_000), () => response.destroy());
      },
      'url_interrupted',
    ],
    [
      'is larger than it may be, and does not say so',
      (_request, response) => {
        response.write(Buffer.alloc(MIB));
        response.end(Buffer.alloc(10));
      },
      'file_too_large',
    ],
    ['is empty', (_request, response) => response.end(), 'empty_file'],
  ])('that %s ends with the reason', async (_what, answer, code) => {
    const server = await serve(answer);
    const upload = await begin({ url: at(server, '/talk.wav') });

    expect(await endOf(upload)).toMatchObject({ status: 'failed', error_code: code, job_id: null });
  });

  it.each<[string, string, number, string]>([
    ['nothing', '', 422, 'validation_failed'],
    ['no address', 'talk.wav', 422, 'url_invalid'],
    ['a file', 'file:///etc/passwd', 422, 'url_invalid'],
    ['data', 'data:audio/wav;base64,AAAA', 422, 'url_invalid'],
    ['a private address', 'http://10.0.0.1/talk.wav', 403, 'url_forbidden'],
    ['this machine by another name', 'http://[::1]/talk.wav', 403, 'url_forbidden'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/', 403, 'url_forbidden'],
    ['nobody', 'http://127.0.0.1:9/talk.wav', 502, 'url_unreachable'],
  ])('is refused at once when the address is that of %s', async (_what, url, status, code) => {
    const response = await ask({ url });

    expect(await contract.findFaults('uploadByUrl', response.clone())).toEqual([]);
    expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
  });

  it('is refused at once when the other side refuses it, or sends on to what is private', async () => {
    const refusing = await serve((_request, response) => response.writeHead(404).end());
    const leading = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://192.168.0.1/secret' }).end(),
    );

    expect((await problemOf(await ask({ url: at(refusing, '/x') }))).code).toBe('url_refused');
    expect((await problemOf(await ask({ url: at(leading, '/x') }))).code).toBe('url_forbidden');
  });

  it('leaves nothing of its address in the database or the log', async () => {
    const server = await serve((_request, response) => response.end(recording));
    await endOf(await begin({ url: at(server, '/talk.wav?signature=k33p-out') }));

    const sessions = await jsonOf<unknown>(await fetch(`${service.url}/uploads`));
    expect(JSON.stringify(sessions)).not.toContain('k33p-out');
    expect(service.log()).not.toContain('k33p-out');
  });

  it('that has not begun to come when the service stops is given up at once', async () => {
    const server = await serve(() => undefined);
    const answer = ask({ url: at(server, '/silent.wav') });
    await waitFor(() => server.requests.length === 1);
    const stopped = service.stop();
    const [response] = await Promise.all([answer, stopped]);
    service = await start();

    expect(await contract.findFaults('uploadByUrl', response.clone())).toEqual([]);
    expect((await problemOf(response)).code).toBe('url_interrupted');
  });

  it('that was on its way when the service stopped ends with that reason', async () => {
    const server = await serve((_request, response) => {
      response.write(recording.subarray(0, 1000));
    });
    const upload = await begin({ url: at(server, '/talk.wav') });
    await service.stop();
    service = await start();

    expect(await statusOf(upload)).toMatchObject({ status: 'failed', error_code: 'url_interrupted' });
  });
});

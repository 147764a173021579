import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { killEngineOf } from '../support/engine-process.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const LIMIT_MS = 120_000;

async function getJob(url: string, id: string): Promise<Job> {
  return jsonOf<Job>(await fetch(`${url}/jobs/${id}`));
}

describe('a service whose engine is killed while it has nothing to do', () => {
  it(
    'replaces it by itself',
    async () => {
      const service = await startService();
      killEngineOf(service.pid);
      await waitFor(async () => !(await fetch(`${service.url}/readyz`)).ok, { what: 'the loss to be seen' });
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).ok, { what: 'the engine to be back' });

      expect((await transcribe(service.url, { file: SPEECH })).status).toBe('completed');
      await service.stop();
    },
    LIMIT_MS,
  );
});

describe('a service whose database goes away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let service: RunningService;

  beforeEach(async () => {
    database = await openOnServer();
    const reached = await TcpProxy.before(database.url);
    ({ proxy } = reached);
    service = await startService({ env: { DATABASE_URL: reached.url, JOB_MAX_ATTEMPTS: '1' } });
  }, LIMIT_MS);

  afterEach(async () => {
    await service.stop();
    await proxy.cut();
    await database.close();
  }, LIMIT_MS);

  it(
    'while a job runs keeps the work that is done, and writes it when the database is back',
    async () => {
      const { job_id: id } = await jsonOf<Job>(
        await upload(service.url, { file: 'clips/en/words_exact.flac' }),
      );
      await waitFor(async () => (await getJob(service.url, id)).progress.stage === 'transcribing');
      await proxy.cut();
      await waitFor(() => service.log().includes('The outcome of a job waits for the database'));
      await proxy.open();
      await waitFor(async () => (await getJob(service.url, id)).status === 'completed');

      expect((await getJob(service.url, id)).transcript).not.toBe('');
      expect(service.log().match(/"Job started"/g)).toHaveLength(1);
    },
    LIMIT_MS,
  );

  it(
    'without a word does not let requests wait for ever',
    async () => {
      proxy.stall();
      const response = await fetch(`${service.url}/jobs`);

      expect([response.status, (await problemOf(response)).code]).toEqual([503, 'database_unavailable']);
      await proxy.cut();
      await proxy.open();
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).ok);
    },
    LIMIT_MS,
  );
});

describe('a service that is told to stop', () => {
  it(
    'in the middle of an upload lets it end, and keeps what it accepted',
    async () => {
      const service = await startService();
      const bytes = await readFile(fixturePath(SPEECH));
      const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="slow.wav"\r\n\r\n';
      const answer = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        const slow = request(`${service.url}/upload`, {
          method: 'POST',
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        });
        slow.on('error', reject);
        slow.on('response', (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => (body += text));
          response.on('end', () => {
            resolve({ status: response.statusCode, body });
          });
        });
        slow.write(head);
        slow.write(bytes.subarray(0, 100_000));
        // The rest follows when the service has begun to stop.
        void waitFor(() => service.log().includes('SIGTERM received')).then(() => {
          slow.end(Buffer.concat([bytes.subarray(100_000), Buffer.from('\r\n--b--\r\n')]));
        }, reject);
      });
      const staging = join(service.dataDir, 'blobs', 'staging');
      const isArriving = (name: string): boolean => !name.startsWith('probe');
      await waitFor(async () => (await readdir(staging)).some(isArriving));
      const stopped = service.stop();
      const { status, body } = await answer;

      expect([status, (JSON.parse(body) as Job).status]).toEqual([202, 'queued']);
      expect(await stopped).toBe(0);
    },
    LIMIT_MS,
  );
});

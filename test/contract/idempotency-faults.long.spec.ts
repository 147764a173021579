import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiKeyList, CreatedApiKey, Job, JobList, UploadList } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { fixturePath, jsonOf, problemOf, upload } from '../support/api-client.js';
import { DatabaseGate } from '../support/database-gate.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { OutsideServer, OutsideServers } from '../support/outside-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';
import { sampleKey } from '../support/sample-key.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const LIMIT_MS = 90_000;
const KEEPS_ANSWER = 'before update of answer on idempotency_keys for each row when (new.answer is not null)';
const HEADERS = { 'idempotency-key': 'key-of-the-client' };
const NEW_SECRET = sampleKey('fedcba9876543210');

const outside = new OutsideServers();
let database: TestDatabase;
let dataDir: string;
let service: RunningService;

const start = (env: Readonly<Record<string, string>> = {}): Promise<RunningService> =>
  startService({
    dataDir,
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      URL_FETCH_ALLOW: '127.0.0.1',
      ...env,
    },
  });

beforeEach(async () => {
  database = await openOnServer();
  dataDir = await mkdtemp(path.join(tmpdir(), 'service-'));
  service = await start();
}, LIMIT_MS);

afterEach(async () => {
  await service.stop();
  await outside.close();
  await database.close();
  await rm(dataDir, { recursive: true });
}, LIMIT_MS);

const transcribe = ({ url } = service): Promise<Response> => upload(url, { file: SPEECH, headers: HEADERS });

const createKey = ({ url } = service): Promise<Response> =>
  postJson(`${url}/auth/api-keys`, { name: 'for tests', scopes: ['read'] }, HEADERS);

async function jobIds(): Promise<string[]> {
  const { jobs } = await jsonOf<JobList>(await fetch(`${service.url}/jobs`));
  return jobs.map(({ job_id: id }) => id);
}

async function uploadIds(): Promise<string[]> {
  const { sessions } = await jsonOf<UploadList>(await fetch(`${service.url}/uploads`));
  return sessions.map(({ session_id: id }) => id);
}

interface Beginning {
  readonly begin: (url: string) => Promise<Response>;
  readonly idIn: (answer: Response) => Promise<string | undefined>;
}

const idInLocation = ({ headers }: Response): Promise<string | undefined> =>
  Promise.resolve(headers.get('location')?.split('/').at(-1));
const idInBody = async (answer: Response): Promise<string> =>
  (await jsonOf<{ session_id: string }>(answer)).session_id;

/** How uploads begin at each door that takes them in several requests. */
const DOORS = {
  'by tus': (bytes: Buffer): Promise<Beginning> =>
    Promise.resolve({ begin: (url) => createByTus(url, bytes.length), idIn: idInLocation }),
  'by tus, with bytes': (bytes: Buffer<ArrayBuffer>): Promise<Beginning> =>
    Promise.resolve({ begin: (url) => createByTus(url, bytes.length, bytes), idIn: idInLocation }),
  'by chunks': ({ length }: Buffer): Promise<Beginning> =>
    Promise.resolve({
      begin: (url) =>
        postJson(`${url}/uploads/initialize`, { filename: 'a.wav', file_size: length }, HEADERS),
      idIn: idInBody,
    }),
  'by URL': async (bytes: Buffer): Promise<Beginning> => {
    const server = await outside.add(OutsideServer.http((_request, response) => response.end(bytes)));
    const target = server.url('/talk.wav').replace('recordings.test', '127.0.0.1');
    return {
      begin: async (url) => {
        const answer = await postJson(`${url}/uploads/url`, { url: target }, HEADERS);
        expect(server.requests).toHaveLength(1);
        return answer;
      },
      idIn: idInBody,
    };
  },
};

function createByTus(url: string, length: number, bytes?: Buffer<ArrayBuffer>): Promise<Response> {
  const headers = { ...HEADERS, 'upload-length': String(length) };
  const own = bytes === undefined ? {} : { 'content-type': 'application/offset+octet-stream' };
  return new TusRequests(`${url}/uploads/tus`).create({ ...headers, ...own }, bytes);
}

async function keyIds(): Promise<string[]> {
  const { api_keys: keys } = await jsonOf<ApiKeyList>(await fetch(`${service.url}/auth/api-keys`));
  return keys.map(({ id }) => id);
}

/** As if nobody had heard of the process that holds it for too long. */
function endLeases(): Promise<void> {
  return executeSql(database.url, 'update idempotency_keys set lease_expires_at = now()');
}

/** Kills the service while it asks the database for what the gate stops. */
async function killAtGate(event: string, ask: () => Promise<Response>): Promise<void> {
  const gate = await DatabaseGate.close(database.url, event);
  const unanswered = ask().catch(() => undefined);
  await waitFor(async () => (await gate.countWaiting()) === 1, { what: 'the request to be at the gate' });
  await service.kill();
  await unanswered;
  await gate.openForOthers();
  service = await start();
}

describe('a service that is killed', () => {
  it(
    'after the job was committed, before its answer was kept, gives that job to whoever repeats the request',
    async () => {
      await killAtGate(KEEPS_ANSWER, transcribe);
      const [id] = await jobIds();
      expect((await problemOf(await transcribe())).code).toBe('idempotency_in_progress');
      await endLeases();

      const repeated = await transcribe();
      expect([repeated.status, (await jsonOf<Job>(repeated)).job_id]).toEqual([202, id]);
      expect((await transcribe()).headers.get('idempotency-replayed')).toBe('true');
      expect(await jobIds()).toEqual([id]);
    },
    LIMIT_MS,
  );

  it(
    'before the job was committed does the work when the request is repeated',
    async () => {
      await killAtGate('before insert on jobs for each row', transcribe);
      expect(await jobIds()).toEqual([]);
      await endLeases();

      expect((await transcribe()).status).toBe(202);
      expect(await jobIds()).toHaveLength(1);
    },
    LIMIT_MS,
  );

  it.each(['by tus', 'by tus, with bytes', 'by chunks', 'by URL'])(
    'after an upload %s had begun gives that upload to whoever repeats the request',
    async (door) => {
      const bytes = await readFile(fixturePath(SPEECH));
      const { begin, idIn } = await DOORS[door as keyof typeof DOORS](bytes);
      await killAtGate(KEEPS_ANSWER, () => begin(service.url));
      const [id] = await uploadIds();
      await endLeases();

      const repeated = await begin(service.url);
      expect([repeated.ok, await idIn(repeated.clone())]).toEqual([true, id]);
      const again = await begin(service.url);
      expect([again.headers.get('idempotency-replayed'), await idIn(again)]).toEqual(['true', id]);
      for (const name of ['upload-offset', 'x-job-id'])
        expect(again.headers.get(name)).toBe(repeated.headers.get(name));
      expect(await uploadIds()).toEqual([id]);
    },
    LIMIT_MS,
  );

  it(
    'before the answer with a secret was kept has not made the secret',
    async () => {
      await killAtGate(KEEPS_ANSWER, createKey);
      expect(await keyIds()).toEqual([]);
      await endLeases();

      const { id } = await jsonOf<CreatedApiKey>(await createKey());
      expect(await keyIds()).toEqual([id]);
    },
    LIMIT_MS,
  );
});

describe('a service whose secret is exchanged', () => {
  it(
    'knows the keys and answers of before, and writes none of them into its log',
    async () => {
      const created = await jsonOf<CreatedApiKey>(await createKey());
      expect(service.log()).not.toContain(HEADERS['idempotency-key']);
      await service.stop();
      const old = (await readFile(path.join(dataDir, 'secrets/secret-key'), 'utf8')).trim();
      service = await start({ SECRET_KEY: `${NEW_SECRET},${old}` });

      expect(await jsonOf<CreatedApiKey>(await createKey())).toEqual(created);
    },
    LIMIT_MS,
  );
});

describe('two services on one database', () => {
  let other: RunningService;

  beforeEach(async () => {
    other = await start();
  }, LIMIT_MS);

  afterEach(async () => {
    await other.stop();
  });

  it(
    'create one job, whichever is asked how often',
    async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => transcribe(index % 2 === 0 ? service : other)),
      );

      for (const { status } of answers) expect([202, 409]).toContain(status);
      const [id] = await jobIds();
      for (const each of [service, other])
        expect((await jsonOf<Job>(await transcribe(each))).job_id).toBe(id);
      expect(await jobIds()).toEqual([id]);
    },
    LIMIT_MS,
  );

  it(
    'refuse a request while the other is at it, and take over from one that is silent for too long, which then writes nothing',
    async () => {
      const gate = await DatabaseGate.close(database.url, 'before insert on api_keys for each row');
      const silent = createKey(service);
      await waitFor(async () => (await gate.countWaiting()) === 1);
      const refused = await createKey(other);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([409, '1']);
      await endLeases();
      const second = createKey(other);
      // Keys of one user are made one after another.
      await waitFor(async () => (await gate.countHeldUp()) === 2);
      await gate.open();

      expect((await problemOf(await silent)).code).toBe('idempotency_in_progress');
      const { id } = await jsonOf<CreatedApiKey>(await second);
      expect(await keyIds()).toEqual([id]);
    },
    LIMIT_MS,
  );
});

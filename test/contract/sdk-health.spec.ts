/** What the SDK makes of probes that say no: an answer of the service like any other. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createClient,
  getHealth,
  getReadiness,
  getReadyz,
  NotReadyError,
  type TranscriberClient,
} from '@whisper-transcriber/client-sdk';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { errorOf } from '../support/sdk-errors.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

let database: TestDatabase;
let proxy: TcpProxy;
let service: RunningService;
let client: TranscriberClient;
let requests = 0;

beforeAll(async () => {
  database = await openOnServer();
  const before = await TcpProxy.before(database.url);
  proxy = before.proxy;
  service = await startService({ env: { DATABASE_URL: before.url, WORKER_EMBEDDED: 'false' } });
  client = createClient({
    baseUrl: service.url,
    fetch: (input, init) => {
      requests += 1;
      return fetch(input, init);
    },
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await proxy.cut();
  await database.close();
});

describe('a service that is ready', () => {
  it('has its parts told', async () => {
    const { data } = await getReadyz({ client: client.api });

    expect(data).toMatchObject({ status: 'ok', info: { database: { status: 'up' } }, error: {} });
  });
});

describe('a service without its database', () => {
  beforeAll(async () => {
    await proxy.cut();
    await waitFor(async () => !(await fetch(`${service.url}/readyz`)).ok, { what: 'the loss to be seen' });
  });

  it.each([
    ['getReadyz', getReadyz],
    ['getReadiness', getReadiness],
  ] as const)('is not ready by %s, which says what is missing, and at once', async (_name, ask) => {
    requests = 0;
    const error = await errorOf(ask({ client: client.api }));

    expect(error).toBeInstanceOf(NotReadyError);
    expect(error).toMatchObject({
      code: 'not_ready',
      status: 503,
      message: expect.stringMatching(/^The service is not ready: .*\bdatabase\b.*\.$/),
      requestId: expect.any(String),
      readiness: {
        status: 'error',
        info: { storage: { status: 'up' } },
        error: { database: { status: 'down' } },
      },
    });
    expect(requests).toBe(1);
  });

  it('is ill by getHealth, in the words of the service', async () => {
    const once = createClient({ baseUrl: service.url, retries: 0 });

    expect(await errorOf(getHealth({ client: once.api }))).toMatchObject({
      code: 'database_unavailable',
      status: 503,
      retryAfter: 5,
    });
  });
});

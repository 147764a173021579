/** Each part that the service needs is really taken away, and brought back: probes say so, and nobody has to restart anything. */
import { cp, mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Readiness, WorkerList } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { remount } from '../support/small-disk.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 120_000;
/** A worker counts as gone when it was not heard of for 15 seconds. */
const UNTIL_GONE = { limitMs: 60_000, what: 'the worker to count as gone' };

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
const isReady = async ({ url }: RunningService): Promise<boolean> =>
  (await statusOf(`${url}/readyz`)) === 200;
const waitUntilReady = (service: RunningService, limitMs = 60_000): Promise<void> =>
  waitFor(() => isReady(service), { limitMs, what: 'the service to be ready again' });

async function failingParts({ url }: RunningService): Promise<string[]> {
  const response = await fetch(`${url}/readyz`);
  const body = await response.text();
  expect(body).not.toMatch(/127\.0\.0\.1|ECONN|password|\/tmp/);
  return Object.keys((JSON.parse(body) as Readiness).error);
}

/** Waits until the probe fails, and tells by what; the process itself lives and has started all the time. */
async function lostParts(service: RunningService, wait = {}): Promise<string[]> {
  await waitFor(async () => !(await isReady(service)), { what: 'the loss to be seen', ...wait });
  expect(await statusOf(`${service.url}/livez`)).toBe(200);
  expect(await statusOf(`${service.url}/startupz`)).toBe(200);
  return failingParts(service);
}

describe('a service with PostgreSQL, Redis, S3 and a worker process', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let store: ObjectStore;
  let proxies: Readonly<Record<'database' | 'queue' | 'storage', TcpProxy>>;
  let env: Record<string, string>;
  let api: RunningService;

  beforeAll(async () => {
    database = await openOnServer();
    redis = await startRedis();
    store = await startObjectStore();
    const { proxy, url } = await TcpProxy.before(database.url);
    const before = (port: number): TcpProxy => new TcpProxy({ host: '127.0.0.1', port });
    proxies = { database: proxy, queue: before(redis.port), storage: before(store.port) };
    await Promise.all([proxies.queue.open(), proxies.storage.open()]);
    env = { WORKER_EMBEDDED: 'false', REDIS_PASSWORD: redis.password, ...store.settings };
    api = await startService({
      env: {
        ...env,
        DATABASE_URL: url,
        REDIS_URL: `redis://127.0.0.1:${proxies.queue.port}`,
        S3_ENDPOINT: `http://127.0.0.1:${proxies.storage.port}`,
      },
    });
  }, LIMIT_MS);

  afterAll(async () => {
    await api.stop();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.cut()));
    await Promise.all([store.stop(), redis.stop(), database.close()]);
  }, LIMIT_MS);

  it.each(['database', 'queue', 'storage'] as const)(
    'names the part that refuses, and is ready by itself when it is back: %s',
    async (part) => {
      await waitUntilReady(api);
      await proxies[part].cut();

      expect(await lostParts(api)).toContain(part);
      await proxies[part].open();
      await waitUntilReady(api);
    },
    LIMIT_MS,
  );

  it.each(['database', 'queue', 'storage'] as const)(
    'names the part that hangs without a word, and is ready by itself when it is back: %s',
    async (part) => {
      await waitUntilReady(api);
      proxies[part].stall();

      expect(await lostParts(api)).toContain(part);
      await proxies[part].cut();
      await proxies[part].open();
      await waitUntilReady(api);
    },
    LIMIT_MS,
  );

  describe('and its worker', () => {
    let worker: RunningService;
    const startWorker = (): Promise<RunningService> =>
      startService({
        program: 'worker',
        env: { ...env, DATABASE_URL: database.url, REDIS_URL: redis.url },
      });

    afterEach(() => worker.stop(), LIMIT_MS);

    it(
      'when that stands still says so, until it goes on; one that stops in order is not missed',
      async () => {
        worker = await startWorker();
        process.kill(worker.pid, 'SIGSTOP');
        try {
          expect(await lostParts(api, UNTIL_GONE)).toEqual(['worker']);
        } finally {
          process.kill(worker.pid, 'SIGCONT');
        }
        await waitUntilReady(api);
        expect(await worker.stop()).toBe(0);
        const isGone = async (): Promise<boolean> =>
          (await jsonOf<WorkerList>(await fetch(`${api.url}/admin/workers`))).workers.length === 0;
        await waitFor(isGone, { what: 'the worker to have left' });
        expect(await failingParts(api)).toEqual([]);
      },
      LIMIT_MS,
    );

    it(
      'when that is killed says so, until there is another',
      async () => {
        worker = await startWorker();
        await worker.kill();
        expect(await lostParts(api, UNTIL_GONE)).toEqual(['worker']);
        expect(await statusOf(`${api.url}/readyz?exclude=worker`)).toBe(200);
        worker = await startWorker();
        await waitUntilReady(api);
      },
      LIMIT_MS,
    );
  });
});

describe('a service with its own disk', () => {
  let database: TestDatabase;
  let service: RunningService;

  beforeAll(async () => {
    database = await openOnServer();
    service = await startService({
      diskMib: 20,
      env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', MIN_FREE_DISK_MB: '10' },
    });
  }, LIMIT_MS);

  afterAll(async () => {
    await service.stop();
    await database.close();
  }, LIMIT_MS);

  /** The folder as the service sees it. */
  const onDisk = (...parts: readonly string[]): string =>
    join('/proc', String(service.pid), 'root', service.dataDir, ...parts);

  it('names the storage while it can only be read', async () => {
    await remount(service.pid, service.dataDir, 'ro');
    expect(await lostParts(service)).toEqual(['storage']);
    await remount(service.pid, service.dataDir, 'rw');

    await waitUntilReady(service);
  });

  it('names the storage while its folder is gone', async () => {
    const staging = onDisk('blobs', 'staging');
    await rm(staging, { recursive: true });
    expect(await lostParts(service)).toEqual(['storage']);
    await mkdir(staging);

    await waitUntilReady(service);
  });

  it('is ready below what is to stay free, and says that it takes no recordings', async () => {
    const takesRecordings = async (): Promise<unknown> => {
      const { details } = await jsonOf<Readiness>(await fetch(`${service.url}/readyz`));
      return (details as Record<string, Record<string, unknown>>)['disk']?.['takes_recordings'];
    };
    expect(await takesRecordings()).toBe(true);
    const file = await open(onDisk('something-else'), 'w');
    await file.write(Buffer.alloc(12 * 2 ** 20, 1));
    await file.close();

    await waitFor(async () => (await takesRecordings()) === false);
    expect(await isReady(service)).toBe(true);
    await rm(onDisk('something-else'));
    await waitFor(async () => (await takesRecordings()) === true);
  });
});

describe('a service whose model is damaged', () => {
  let models: string;
  let service: RunningService | undefined;

  beforeAll(async () => {
    models = await mkdtemp(join(tmpdir(), 'models-'));
    await cp(resolve(import.meta.dirname, '../../models/whisper-base'), join(models, 'whisper-small'), {
      recursive: true,
    });
  });

  afterAll(async () => {
    await service?.stop();
    await rm(models, { recursive: true, force: true });
  }, LIMIT_MS);

  /** The first bytes of each of its parts; gives them back. */
  async function damage(): Promise<() => Promise<void>> {
    const folder = join(models, 'whisper-small', 'onnx');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.onnx'));
    expect(names).not.toEqual([]);
    const original = resolve(import.meta.dirname, '../../models/whisper-base/onnx');
    for (const name of names) {
      const file = await open(join(folder, name), 'r+');
      await file.write(Buffer.alloc(Math.min(4096, (await stat(join(folder, name))).size)), 0, undefined, 0);
      await file.close();
    }
    return async () => {
      for (const name of names) await cp(join(original, name), join(folder, name));
    };
  }

  it(
    'lives, but has not started and is not ready, until the model is mended',
    async () => {
      const mend = await damage();
      service = await startService({ ready: false, env: { MODEL_DIR: models, WHISPER_MODEL: 'small' } });

      expect(await statusOf(`${service.url}/livez`)).toBe(200);
      expect(await statusOf(`${service.url}/startupz`)).toBe(503);
      expect(await failingParts(service)).toContain('model');
      await mend();
      await waitUntilReady(service);
      expect(await statusOf(`${service.url}/health/startupz`)).toBe(200);
    },
    LIMIT_MS,
  );
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { BOOTSTRAP_PASSWORD } from '../../support/accounts.js';
import { postmasterPid } from '../../support/embedded-server.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { startRedis } from '../../support/redis-server.js';
import { startService } from '../../support/start-service.js';

/** The service as its parts, each a process. */
export interface LoadRoom {
  readonly url: string;
  readonly api: number;
  /** Null: the API works. */
  readonly worker: number | null;
  readonly postmaster: number;
  close(): Promise<void>;
}

const SETTINGS = {
  ...NO_RATE_LIMITS,
  ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
  ANONYMOUS_LOCAL: 'false',
  LOG_LEVEL: 'info',
  MAX_AUDIO_MINUTES_PER_DAY: '0',
  // Two jobs are to be at work on two processors as well.
  WORKER_CONCURRENCY: '2',
  WORKER_THREADS: '1',
} as const;

/** One process with its own database, as `npm start` makes it. */
async function openEmbedded(folder: string): Promise<LoadRoom> {
  const dataDir = path.join(folder, 'data');
  const service = await startService({ env: SETTINGS, dataDir });
  return {
    url: service.url,
    api: service.pid,
    worker: null,
    postmaster: await postmasterPid(dataDir),
    close: async () => {
      await service.stop();
    },
  };
}

/** An API and a worker, on one database and one Redis. */
async function openScaledOut(folder: string): Promise<LoadRoom> {
  const dataDir = path.join(folder, 'data');
  const databaseDir = path.join(folder, 'database');
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const database = await EmbeddedPostgres.start({ dataDir: databaseDir });
    closing.push(() => database.stop());
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const shared = { DATABASE_URL: database.url, REDIS_URL: redis.url, REDIS_PASSWORD: redis.password };
    const env = { ...SETTINGS, ...shared, QUEUE_DRIVER: 'bull', WORKER_EMBEDDED: 'false' };
    const api = await startService({ env, dataDir });
    closing.push(() => api.stop());
    const worker = await startService({ env, dataDir, program: 'worker' });
    closing.push(() => worker.stop());
    const postmaster = await postmasterPid(databaseDir);
    return { url: api.url, api: api.pid, worker: worker.pid, postmaster, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const WAYS = { embedded: openEmbedded, bull: openScaledOut } as const;

export async function withRoom<T>(
  queue: keyof typeof WAYS,
  work: (room: LoadRoom) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-load-'));
  try {
    const room = await WAYS[queue](folder);
    try {
      return await work(room);
    } finally {
      await room.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@whisper-transcriber/client-sdk';
import { Redis } from 'ioredis';
import pg from 'pg';
import { EmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { jsonOf, upload } from '../../support/api-client.js';
import { longRecording } from '../../support/long-recording.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { startRedis } from '../../support/redis-server.js';
import { startService } from '../../support/start-service.js';

const WAIT_SECONDS = 60;
/** For what is told of the last job to have been written. */
const SETTLE_MS = 3000;

export interface Costs {
  readonly transactions: number;
  readonly rows: number;
  readonly logBytes: number;
  readonly commands: number;
  readonly databaseBytes: number;
  readonly storedBytes: number;
}

/** An API and a worker as processes, with a PostgreSQL and a Redis that nobody else uses. */
export class ScaledOut {
  readonly idleSeconds = 30;

  constructor(
    private readonly url: string,
    private readonly database: pg.Client,
    private readonly redis: Redis,
    private readonly blobs: string,
  ) {}

  beIdle(): Promise<void> {
    return pause(this.idleSeconds * 1000);
  }

  /** One after the other, each to its end. */
  async transcribe(bytes: number, jobs: number): Promise<void> {
    const content = await longRecording(bytes);
    for (let number = 0; number < jobs; number++) {
      const sent = await upload(this.url, { content, filename: `${number}.wav` });
      let job = await jsonOf<Job>(sent);
      while (job.status === 'queued' || job.status === 'processing') {
        const headers = { prefer: `wait=${WAIT_SECONDS}` };
        job = await jsonOf<Job>(await fetch(`${this.url}${job.links.self}`, { headers }));
      }
      if (job.status !== 'completed') throw new Error(`A job ${job.status}: ${job.error?.code ?? ''}`);
      // Each is to be stored by itself.
      content.writeInt16LE(number, content.length - 2);
    }
  }

  async costsOf(work: () => Promise<void>): Promise<Costs> {
    const before = await this.look();
    await work();
    await pause(SETTLE_MS);
    const after = await this.look();
    const spent = Object.entries(after).map(([name, sum]) => [name, sum - before[name as keyof Costs]]);
    return Object.fromEntries(spent) as Record<keyof Costs, number>;
  }

  async countConnections(): Promise<number> {
    const { rows } = await this.database.query<{ count: string }>(
      `select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return Number(rows[0]?.count);
  }

  private async look(): Promise<Costs> {
    const { rows } = await this.database.query<Record<string, string>>(
      `select xact_commit as transactions, tup_inserted + tup_updated + tup_deleted as rows, wal_bytes as log, pg_database_size(datname) as size
         from pg_stat_database, pg_stat_wal where datname = current_database()`,
    );
    const [row = {}] = rows;
    return {
      transactions: Number(row['transactions']),
      rows: Number(row['rows']),
      logBytes: Number(row['log']),
      databaseBytes: Number(row['size']),
      commands: Number(/total_commands_processed:(\d+)/.exec(await this.redis.info('stats'))?.[1]),
      storedBytes: await sizeOf(this.blobs),
    };
  }
}

export async function withScaledOut(work: (room: ScaledOut) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-scaling-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const server = await EmbeddedPostgres.start({ dataDir: path.join(folder, 'database') });
    closing.push(() => server.stop());
    const redisServer = await startRedis();
    closing.push(() => redisServer.stop());
    const dataDir = path.join(folder, 'data');
    const env = {
      ...NO_RATE_LIMITS,
      DATABASE_URL: server.url,
      REDIS_URL: redisServer.url,
      REDIS_PASSWORD: redisServer.password,
      QUEUE_DRIVER: 'bull',
      WORKER_EMBEDDED: 'false',
      MAX_AUDIO_MINUTES_PER_DAY: '0',
      LOG_LEVEL: 'info',
    };
    const api = await startService({ env, dataDir });
    closing.push(() => api.stop());
    const worker = await startService({ env, dataDir, program: 'worker' });
    closing.push(() => worker.stop());
    const database = new pg.Client({ connectionString: server.url });
    await database.connect();
    closing.push(() => database.end());
    const redis = new Redis(redisServer.url, { password: redisServer.password });
    closing.push(() => redis.quit());
    await work(new ScaledOut(api.url, database, redis, path.join(dataDir, 'blobs')));
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { RedisAddress } from './redis-server.js';

/** What somebody leaves behind: a word, in whatever case, or bytes. */
export type Trace = string | Buffer;

/** Files of a folder, however deep, that hold one of the traces in their bytes or their names. */
export async function filesWith(folder: string, traces: readonly Trace[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    // It may go while others are read.
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (traces.some((trace) => holds(bytes, trace) || holds(Buffer.from(entry.name), trace)))
      found.push(path.relative(folder, file));
  }
  return found.sort();
}

/** Tables with rows that hold the word. */
export async function tablesWith(databaseUrl: string, word: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(`select 1 from ${name} t where t::text ilike $1 limit 1`, [
        `%${word}%`,
      ]);
      if (rows.length > 0) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Keys whose name or value holds the word. */
export async function redisKeysWith({ url, password }: RedisAddress, word: string): Promise<string[]> {
  const redis = new Redis(url, { password });
  try {
    const found: string[] = [];
    for (const key of await redis.keys('*')) {
      const value = JSON.stringify(await valueOf(redis, key));
      if (holds(Buffer.from(key + value), word)) found.push(key);
    }
    return found;
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, 0, -1);
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return null;
  }
}

function holds(bytes: Buffer, trace: Trace): boolean {
  if (typeof trace !== 'string') return bytes.includes(trace);
  return bytes.toString('latin1').toLowerCase().includes(trace.toLowerCase());
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RedisProgressBus } from '../../../src/modules/jobs/adapters/redis.progress-bus.js';
import { connectRedis } from '../../../src/platform/redis/redis-connection.js';
import { openBullQueue, type OpenBullQueue } from '../../support/bull-queue.js';
import { openEmbedded, type TestDatabase } from '../../support/databases.js';
import type { RoomParts } from '../../support/jobs-room.js';
import { startRedis, type RedisAddress } from '../../support/redis-server.js';
import { openBenchProcess, openBenchRoom, workWithoutEngine, type BenchRoom } from './bench-room.js';

/** Jobs that are at work at the same time. */
export const WORKERS = 16;

/** The service in one process, whose workers are at work. */
export async function openEmbeddedRoom(): Promise<BenchRoom> {
  const bench = await openBenchRoom();
  const { room } = bench.jobs;
  room.queue.consume((claim) => workWithoutEngine(room, claim), WORKERS);
  return bench;
}

/** The API in this process and the workers in one of their own, with a Redis between them. */
export async function openBullRoom(): Promise<BenchRoom> {
  const redis = await startRedis();
  const database = await openEmbedded();
  const bench = await openBullProcess(database, redis, { isFirst: true });
  const program = fileURLToPath(new URL('bull-worker.ts', import.meta.url));
  const worker = fork(program, [], {
    env: { ...process.env, BENCH_DATABASE: database.url, BENCH_REDIS: JSON.stringify(redis) },
  });
  await once(worker, 'message');
  return {
    ...bench,
    close: async () => {
      const ended = once(worker, 'exit');
      worker.disconnect();
      await ended;
      await bench.close();
      await redis.stop();
    },
  };
}

/** One process of an installation on Bull. */
export async function openBullProcess(
  database: TestDatabase,
  address: RedisAddress,
  place: { readonly isFirst: boolean },
): Promise<BenchRoom> {
  const redis = connectRedis(address, { maxRetriesPerRequest: 1 });
  const buses: RedisProgressBus[] = [];
  const queues: OpenBullQueue[] = [];
  const parts: RoomParts = {
    openBus: (local, processId) => {
      const bus = new RedisProgressBus(redis, local, processId);
      buses.push(bus);
      return bus;
    },
    openQueue: (claims) => {
      const opened = openBullQueue(address, claims);
      queues.push(opened);
      return opened.queue;
    },
  };
  const bench = await openBenchProcess(database, parts, place);
  return {
    ...bench,
    close: async () => {
      await bench.close();
      for (const { close } of queues) await close();
      for (const bus of buses) bus.onApplicationShutdown();
      redis.disconnect();
    },
  };
}

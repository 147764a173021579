import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { InProcessProgressBus } from '../../src/modules/jobs/adapters/in-process.progress-bus.js';
import { RedisProgressBus } from '../../src/modules/jobs/adapters/redis.progress-bus.js';
import { connectRedis } from '../../src/platform/redis/redis-connection.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const JOB = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

let server: RedisServer;
let closing: (() => void)[];
/** Which processes heard, in the order in which they did. */
let heard: string[];
/** How many processes listen to each channel. */
let listening: Map<string, number>;

beforeEach(async () => {
  server = await startRedis();
  closing = [];
  heard = [];
  listening = new Map();
});

afterEach(async () => {
  for (const close of closing) close();
  await server.stop();
});

function connect(database = 0): Redis {
  const redis = connectRedis({ url: `${server.url}/${database}`, password: server.password }, {});
  redis.on('error', () => undefined);
  closing.push(() => {
    redis.disconnect();
  });
  return redis;
}

/** A process that listens for news of the job. */
async function openBus(name: string, database = 0): Promise<RedisProgressBus> {
  const redis = connect(database);
  const bus = new RedisProgressBus(redis, new InProcessProgressBus(), name);
  closing.push(() => {
    bus.onApplicationShutdown();
  });
  bus.subscribe(JOB, () => heard.push(name));
  const channel = `whisper:${database}:job-news`;
  const before = listening.get(channel) ?? 0;
  const count = async (): Promise<number> => Number((await redis.pubsub('NUMSUB', channel))[1]);
  await waitFor(async () => (await count()) > before);
  listening.set(channel, before + 1);
  return bus;
}

describe('news of jobs that go through Redis', () => {
  it('reach the other processes, which ignore what nobody of them can have written', async () => {
    const teller = await openBus('teller');
    await openBus('listener');
    const stranger = connect();
    for (const message of ['x', 'null', '[]', '{"from":1}', `{"from":"x","jobId":"${JOB}","news":"no"}`])
      expect(await stranger.publish('whisper:0:job-news', message)).toBe(2);
    teller.publish(JOB, 'status');
    await waitFor(() => heard.includes('listener'));

    expect(heard).toEqual(['teller', 'listener']);
  });

  it('do not reach an installation that uses another database of the same server', async () => {
    const teller = await openBus('teller');
    await openBus('neighbour', 1);
    await openBus('listener');
    teller.publish(JOB, 'progress');
    await waitFor(() => heard.includes('listener'));

    expect(heard).toEqual(['teller', 'listener']);
  });
});

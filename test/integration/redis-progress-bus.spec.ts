import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { InProcessProgressBus } from '../../src/modules/jobs/adapters/in-process.progress-bus.js';
import { RedisProgressBus } from '../../src/modules/jobs/adapters/redis.progress-bus.js';
import { connectRedis } from '../../src/platform/redis/redis-connection.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const JOB = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const OTHER_JOB = '0190aaaa-bbbb-7ccc-8ddd-ffffffffffff';

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
    const messages = [
      'x',
      'null',
      '[]',
      '{"from":1}',
      `{"from":"x","status":"${JOB}","progress":[]}`,
      `{"from":"x","status":["${JOB}"]}`,
      `{"from":"x","status":["${JOB}",1],"progress":[]}`,
    ];
    for (const message of messages) expect(await stranger.publish('whisper:0:job-news', message)).toBe(2);
    teller.publish(JOB, 'status');
    await waitFor(() => heard.includes('listener'));

    expect(heard).toEqual(['teller', 'listener']);
  });

  it('go in one message when they are told at one time', async () => {
    const teller = await openBus('teller');
    await openBus('listener');
    const messages: string[] = [];
    const stranger = connect();
    stranger.on('message', (_channel: string, message: string) => messages.push(message));
    await stranger.subscribe('whisper:0:job-news');
    for (let i = 0; i < 3; i += 1) teller.publish(JOB, 'progress');
    teller.publish(OTHER_JOB, 'progress');
    teller.publish(JOB, 'status');
    await waitFor(() => messages.length > 0);
    teller.publish(OTHER_JOB, 'status');
    await waitFor(() => messages.length > 1);

    expect(messages.map((message) => JSON.parse(message) as unknown)).toEqual([
      { from: 'teller', status: [JOB], progress: [JOB, OTHER_JOB] },
      { from: 'teller', status: [OTHER_JOB], progress: [] },
    ]);
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

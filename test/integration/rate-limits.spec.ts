import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemoryBackoff } from '../../src/platform/rate-limit/adapters/memory.backoff.js';
import { MemoryRateLimiter } from '../../src/platform/rate-limit/adapters/memory.rate-limiter.js';
import { RedisBackoff } from '../../src/platform/rate-limit/adapters/redis.backoff.js';
import { RedisRateLimiter } from '../../src/platform/rate-limit/adapters/redis.rate-limiter.js';
import type { Backoff, BackoffDecision, BackoffRule } from '../../src/platform/rate-limit/backoff.port.js';
import type { RateLimiter } from '../../src/platform/rate-limit/rate-limiter.port.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const POLICY = { name: 'tests', quota: 10, windowSeconds: 60 };
const RULES: readonly BackoffRule[] = [
  { key: 'anna', freeFailures: 5 },
  { key: 'here', freeFailures: 50 },
];

/** As many at the same moment, handed round among those who count. */
async function atOnce<Counter, T>(
  counters: readonly Counter[],
  count: number,
  act: (counter: Counter) => Promise<T>,
): Promise<T[]> {
  const rounds = Array.from({ length: Math.ceil(count / counters.length) }, () => counters);
  return Promise.all(rounds.flat().slice(0, count).map(act));
}

async function takeMany(limiters: readonly RateLimiter[], count: number, key: string): Promise<number> {
  const states = await atOnce(limiters, count, (limiter) => limiter.consume(POLICY, key));
  return states.filter(({ allowed }) => allowed).length;
}

function failMany(backoffs: readonly Backoff[], count: number): Promise<BackoffDecision[]> {
  return atOnce(backoffs, count, (backoff) => backoff.begin(RULES));
}

const passed = (decisions: readonly BackoffDecision[]): number =>
  decisions.filter(({ allowed }) => allowed).length;

describe('limits that processes share through Redis', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let clients: Redis[];

  const connect = (): Redis => {
    const options = { password: server.password, maxRetriesPerRequest: 1, commandTimeout: 250 };
    const client = new Redis(proxy.port, '127.0.0.1', options).on('error', () => undefined);
    clients.push(client);
    return client;
  };
  const connected = (): Promise<void> => waitFor(() => clients.every(({ status }) => status === 'ready'));
  const openBackoff = (): Backoff => new RedisBackoff(connect(), new MemoryBackoff(new SystemClock()));

  beforeEach(async () => {
    server = await startRedis();
    proxy = new TcpProxy({ host: '127.0.0.1', port: server.port });
    await proxy.open();
    clients = [];
  });

  afterEach(async () => {
    for (const client of clients) client.disconnect();
    await proxy.cut();
    await server.stop();
  });

  it('let through exactly the quota, whoever of them is asked', async () => {
    const limiters = [0, 1, 2].map(() => new RedisRateLimiter(connect()));
    await connected();

    expect(await takeMany(limiters, 100, 'one')).toBe(10);
    expect(await takeMany(limiters, 100, 'another')).toBe(10);
    const [state] = await atOnce(limiters, 1, (limiter) => limiter.consume(POLICY, 'one'));
    expect(state).toMatchObject({ allowed: false, used: 101, remaining: 0 });
    expect(state?.resetSeconds).toBeGreaterThan(0);
    expect(state?.resetSeconds).toBeLessThanOrEqual(60);
  });

  it('are counted by each process for itself while Redis is away, and together again afterwards', async () => {
    const limiter = new RedisRateLimiter(connect());
    await connected();
    expect(await takeMany([limiter], 4, 'one')).toBe(4);

    await proxy.cut();
    expect(await takeMany([limiter], 100, 'one')).toBe(10);

    await proxy.open();
    await connected();
    expect(await takeMany([limiter], 100, 'one')).toBe(6);
  });

  it('hold up nobody while Redis hangs', async () => {
    const limiter = new RedisRateLimiter(connect());
    const backoff = openBackoff();
    await connected();
    proxy.stall();

    expect(await takeMany([limiter], 100, 'one')).toBe(10);
    expect(passed(await failMany([backoff], 100))).toBe(5);
  });

  it('back off from failures that are spread over processes', async () => {
    const backoffs = [openBackoff(), openBackoff()];
    await connected();

    const decisions = await failMany(backoffs, 100);
    expect(passed(decisions)).toBe(5);
    for (const { allowed, pauseMs } of decisions) {
      if (!allowed) expect(pauseMs).toBeGreaterThan(0);
      expect(pauseMs).toBeLessThanOrEqual(1000);
    }
  });

  it('double the pause with each further failure, by the clock of Redis', async () => {
    const backoff = openBackoff();
    const client = connect();
    await connected();
    await failMany([backoff], 5);

    for (const pause of [2000, 4000, 8000]) {
      // The last failure moves back by a minute, which is longer than the pause.
      await client.hincrby('whisper:backoff:anna', 'last', -60_000);
      const [decision] = await failMany([backoff], 1);
      expect(decision).toEqual({ allowed: true, pauseMs: pause });
    }
    expect(await client.pttl('whisper:backoff:anna')).toBeGreaterThan(0);
  });

  it('forget what has succeeded, and take back its part of what others failed at', async () => {
    const backoff = openBackoff();
    await connected();
    for (let i = 0; i < 200; i += 1) {
      expect(passed(await failMany([backoff], 1))).toBe(1);
      await backoff.forget('anna');
      await backoff.takeBack('here');
    }
    await backoff.takeBack('never seen');

    expect(passed(await failMany([backoff], 100))).toBe(5);
  });

  it('back off by themselves while Redis is away', async () => {
    const backoff = openBackoff();
    await connected();
    await proxy.cut();

    expect(passed(await failMany([backoff], 100))).toBe(5);
    await backoff.forget('anna');
    expect(passed(await failMany([backoff], 1))).toBe(1);
  });
});

describe('limits of one process', () => {
  it('let through exactly the quota', async () => {
    const limiter = new MemoryRateLimiter();

    expect(await takeMany([limiter], 100, 'one')).toBe(10);
    expect(await takeMany([limiter], 100, 'another')).toBe(10);
  });
});

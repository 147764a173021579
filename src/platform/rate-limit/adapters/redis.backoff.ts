import type { Redis } from 'ioredis';
import {
  FORGET_AFTER_MS,
  LONGEST_PAUSE_MS,
  SHORTEST_PAUSE_MS,
  type Backoff,
  type BackoffDecision,
  type BackoffRule,
} from '../backoff.port.js';

/** A hash per key: `count`, and `last` in milliseconds of Redis' own clock, which all processes share. */
const BEGIN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local shortest, longest, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local function wait()
  local most = 0
  for i, key in ipairs(KEYS) do
    local failed = redis.call('HMGET', key, 'count', 'last')
    local over = tonumber(failed[1] or 0) - tonumber(ARGV[3 + i])
    if failed[2] and over >= 0 then
      most = math.max(most, failed[2] + math.min(shortest * 2 ^ over, longest) - now)
    end
  end
  return most
end
local waiting = wait()
if waiting > 0 then return {0, waiting} end
for _, key in ipairs(KEYS) do
  redis.call('HINCRBY', key, 'count', 1)
  redis.call('HSET', key, 'last', now)
  redis.call('PEXPIRE', key, keep)
end
return {1, wait()}`;

const TAKE_BACK = `
if tonumber(redis.call('HGET', KEYS[1], 'count') or 0) > 0 then redis.call('HINCRBY', KEYS[1], 'count', -1) end`;

/** Counts what all processes on one Redis see. While that is away each counts for itself. */
export class RedisBackoff implements Backoff {
  constructor(
    private readonly redis: Redis,
    private readonly fallback: Backoff,
  ) {}

  async begin(rules: readonly BackoffRule[]): Promise<BackoffDecision> {
    try {
      const keys = rules.map(({ key }) => toRedisKey(key));
      const numbers = [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS, FORGET_AFTER_MS];
      const free = rules.map(({ freeFailures }) => freeFailures);
      const answer = await this.redis.eval(BEGIN, keys.length, ...keys, ...numbers, ...free);
      const [allowed, pauseMs] = answer as [number, number];
      return { allowed: allowed === 1, pauseMs };
    } catch {
      return this.fallback.begin(rules);
    }
  }

  async takeBack(key: string): Promise<void> {
    await this.fallback.takeBack(key);
    await this.redis.eval(TAKE_BACK, 1, toRedisKey(key)).catch(() => undefined);
  }

  async forget(key: string): Promise<void> {
    await this.fallback.forget(key);
    await this.redis.del(toRedisKey(key)).catch(() => undefined);
  }
}

function toRedisKey(key: string): string {
  return `whisper:backoff:${key}`;
}

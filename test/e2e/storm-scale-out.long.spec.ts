/**
 * The API and two workers on Redis and PostgreSQL, of which now this one and now that one goes away while jobs are ordered and worked on.
 * `npm run test:faults -- --rounds 50` makes it long; `--seed` repeats one.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedWebhook } from '@whisper-transcriber/client-sdk';
import pg from 'pg';
import { postJson } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { HookReceiver, isSignedWith } from '../support/hook-receiver.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { Dice } from '../support/storm/dice.js';
import { RestartablePostgres } from '../support/storm/restartable-postgres.js';
import { StormClient } from '../support/storm/storm-client.js';
import {
  STORM_ENV,
  STORM_JOBS,
  STORM_LIMIT_MS,
  STORM_ROUNDS,
  STORM_SEED,
} from '../support/storm/storm-settings.js';
import { waitFor } from '../support/wait-for.js';

type Member = 'api' | 'one worker' | 'the other worker';

let postgres: RestartablePostgres;
let redis: RedisServer;
let dataDir: string;
let hooks: HookReceiver;
let secret: string;
let client: StormClient;
const running = new Map<Member, RunningService>();

beforeAll(async () => {
  [postgres, redis, hooks] = await Promise.all([
    RestartablePostgres.open(),
    startRedis({ keep: true }),
    HookReceiver.open(),
  ]);
  dataDir = await mkdtemp(join(tmpdir(), 'storm-'));
  await start('api');
  await Promise.all([start('one worker'), start('the other worker')]);
  client = new StormClient(() => member('api').url);
  const created = await postJson(`${member('api').url}/webhooks`, { url: hooks.url() });
  ({ secret } = await jsonOf<CreatedWebhook>(created));
  await client.learn();
}, STORM_LIMIT_MS);

afterAll(async () => {
  await Promise.all([...running.values()].map((service) => service.stop()));
  await hooks.close();
  await redis.stop();
  await postgres.close();
  await rm(dataDir, { recursive: true, force: true });
}, STORM_LIMIT_MS);

function member(name: Member): RunningService {
  const service = running.get(name);
  if (service === undefined) throw new Error(`${name} was never started`);
  return service;
}

async function start(name: Member): Promise<void> {
  const env = {
    ...NO_RATE_LIMITS,
    ...STORM_ENV,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    REDIS_PASSWORD: redis.password,
    WORKER_EMBEDDED: 'false',
    WORKER_THREADS: '1',
    WEBHOOK_ALLOW: '127.0.0.1',
  };
  const program = name === 'api' ? 'service' : 'worker';
  running.set(name, await startService({ program, dataDir, env, ready: false }));
}

async function execute(sql: string): Promise<unknown[]> {
  const connection = new pg.Client({ connectionString: postgres.url });
  await connection.connect();
  try {
    return (await connection.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await connection.end();
  }
}

async function killed(name: Member): Promise<void> {
  await member(name).kill();
  await start(name);
}

const DISASTERS = {
  'kill -9 of the API': () => killed('api'),
  'kill -9 of one worker': () => killed('one worker'),
  'kill -9 of the other worker': () => killed('the other worker'),
  'SIGTERM of a worker': async () => {
    await member('one worker').stop();
    await start('one worker');
  },
  'Redis is killed and comes back': async () => {
    await redis.kill();
    await pause(1500);
    await redis.startAgain();
  },
  'PostgreSQL is stopped and comes back': () => postgres.restart(),
  'the clock of leases jumps': async () => {
    await execute(
      `update jobs set lease_expires_at = now() - interval '1 minute' where status = 'processing'`,
    );
  },
};

describe(`a storm of ${STORM_ROUNDS} rounds with seed ${STORM_SEED} over an API, two workers, Redis and PostgreSQL`, () => {
  it(
    'ends with each job completed once, told of under one id, with the text that it has without a storm, and nothing left behind',
    async () => {
      const dice = new Dice(STORM_SEED);
      const ordering = client.order(STORM_JOBS);
      // Whatever fails first is what the test fails with.
      ordering.catch(() => undefined);
      const names = Object.keys(DISASTERS) as (keyof typeof DISASTERS)[];
      for (let round = 0; round < STORM_ROUNDS; round += 1) {
        await pause(dice.between(200, 4000));
        await DISASTERS[dice.pick(names)]();
      }
      await ordering;
      await client.untilEnded();

      expect(await client.findFaults()).toEqual([]);
      const idsOf = (jobId: string): Set<string> => new Set(hooks.of(jobId).map(({ id }) => id));
      await waitFor(() => client.jobIds.every((id) => idsOf(id).size > 0), {
        what: 'a webhook for each job',
        limitMs: 120_000,
      });
      expect(client.jobIds.filter((id) => idsOf(id).size !== 1)).toEqual([]);
      expect(hooks.received.every((hook) => isSignedWith(hook, secret))).toBe(true);
      expect(await execute('select job_id from transcript_drafts')).toEqual([]);
      expect(await readdir(join(dataDir, 'blobs', 'staging'))).toEqual([]);
    },
    STORM_LIMIT_MS,
  );
});

/** What one address and one user may take: requests, sign-ins that fail, jobs, audio. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Usage } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  createApiKey,
  postJson,
  signIn,
} from '../support/accounts.js';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { startService, type RunningService, type ServiceOptions } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** 7.1 seconds. */
const SPEECH = 'docs/samples/sense-and-sensibility.wav';

const closings: (() => Promise<unknown>)[] = [];

async function start(env: NonNullable<ServiceOptions['env']>): Promise<RunningService> {
  const service = await startService({ env: { WORKER_EMBEDDED: 'false', ...env } });
  closings.push(() => service.stop());
  return service;
}

async function openDatabase(): Promise<TestDatabase> {
  const database = await openOnServer();
  closings.push(() => database.close());
  return database;
}

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

function askMany(url: string, count: number, headers: Record<string, string> = {}): Promise<Response[]> {
  return Promise.all(Array.from({ length: count }, () => fetch(url, { headers })));
}

async function countAnswers(answers: Promise<Response[]>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of await answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('requests', () => {
  it('are counted by address, before it is known who asks; every answer says what is left', async () => {
    const { url } = await start({ RATE_LIMIT_ADDRESS_PER_MINUTE: '5', ANONYMOUS_LOCAL: 'false' });
    const answers = await Promise.all([1, 2, 3].map(() => fetch(`${url}/jobs`)));

    for (const { status, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.get('ratelimit-policy')).toBe('"address";q=5;w=60');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"address";r=[2-4];t=(60|[1-5]?\\d)$`));
    }
    expect((await signIn(url, 'nobody', 'wrong password here')).status).toBe(401);
    expect((await fetch(`${url}/auth/me`)).status).toBe(401);

    const refused = await fetch(`${url}/jobs`);
    const problem = await problemOf(refused);
    expect([refused.status, problem.code]).toEqual([429, 'rate_limited']);
    expect(problem.detail).toBe('There may be 5 requests a minute per address.');
    expect(refused.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect((await signIn(url, 'nobody', 'wrong password here')).status).toBe(429);
  });

  it('of probes, metrics and the page are never refused', async () => {
    const { url } = await start({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1' });
    await askMany(`${url}/jobs`, 5);

    for (const path of ['/health/livez', '/readyz', '/metrics/', '/', '/openapi.json'])
      expect([path, await countAnswers(askMany(url + path, 5))]).toEqual([path, { 200: 5 }]);
  });

  it('are counted by user, whatever key they use, and nobody pays for another', async () => {
    const database = await openDatabase();
    const { url } = await start({
      DATABASE_URL: database.url,
      RATE_LIMIT_USER_PER_MINUTE: '20',
      ANONYMOUS_LOCAL: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
    });
    const { access_token: token } = await becomeAdministrator(url);
    await executeSql(
      database.url,
      `insert into users (id, username, password_hash, role, must_change_password, created_at, updated_at)
       select gen_random_uuid(), 'anna', password_hash, 'user', false, now(), now() from users where username = 'admin'`,
    );
    const { access_token: annas } = await jsonOf<{ access_token: string }>(
      await signIn(url, 'anna', ADMIN_PASSWORD),
    );
    const keys = [
      await createApiKey(url, ['read'], bearer(token)),
      await createApiKey(url, ['read'], bearer(token)),
    ];
    // Two requests made the keys, one changed the password.
    const byKey = await Promise.all(
      keys.map(({ key }) => countAnswers(askMany(`${url}/jobs`, 20, bearer(key)))),
    );

    expect(byKey.reduce((sum, counts) => sum + (counts[200] ?? 0), 0)).toBe(17);
    expect(byKey.reduce((sum, counts) => sum + (counts[429] ?? 0), 0)).toBe(23);
    expect((await fetch(`${url}/auth/me`, { headers: bearer(token) })).status).toBe(429);
    const answer = await fetch(`${url}/jobs`, { headers: bearer(annas) });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-policy')).toBe('"address";q=2400;w=60, "user";q=20;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+, "user";r=19;t=\d+$/);
  });

  it('of a client that writes its own X-Forwarded-For count where they come from', async () => {
    const { url } = await start({ RATE_LIMIT_ADDRESS_PER_MINUTE: '5' });
    const answers = Array.from({ length: 20 }, (_, i) =>
      fetch(`${url}/jobs`, { headers: { 'x-forwarded-for': `192.0.2.${i}` } }),
    );

    expect(await countAnswers(Promise.all(answers))).toEqual({ 401: 5, 429: 15 });
  });

  it('without limits are not counted', async () => {
    const { url } = await start({ RATE_LIMIT_ADDRESS_PER_MINUTE: '0', RATE_LIMIT_USER_PER_MINUTE: '0' });
    const answer = await fetch(`${url}/jobs`);

    expect([answer.status, answer.headers.get('ratelimit'), answer.headers.get('ratelimit-policy')]).toEqual([
      200,
      null,
      null,
    ]);
  });
});

describe('API processes behind a proxy, with one database and one Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(async () => {
    await redis.stop();
  });

  async function startTwo(env: Record<string, string>): Promise<[RunningService, RunningService]> {
    const database = await openDatabase();
    const shared = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_PASSWORD: redis.password,
      TRUST_PROXY: '1',
      ANONYMOUS_LOCAL: 'false',
      ...env,
    };
    return Promise.all([start(shared), start(shared)]);
  }

  it('count together, each client by the address that the proxy saw', async () => {
    const services = await startTwo({ RATE_LIMIT_ADDRESS_PER_MINUTE: '10' });
    const ask = async (forwarded: string): Promise<Record<number, number>> => {
      const headers = { 'x-forwarded-for': forwarded };
      const answers = await Promise.all(services.map(({ url }) => askMany(`${url}/auth/me`, 15, headers)));
      return countAnswers(Promise.resolve(answers.flat()));
    };

    expect(await ask('192.0.2.1')).toEqual({ 401: 10, 429: 20 });
    expect(await ask('192.0.2.2')).toEqual({ 401: 10, 429: 20 });
    // What stands to the left of it the client may have made up.
    expect(await ask('203.0.113.9, 192.0.2.2')).toEqual({ 429: 30 });
    // The other addresses of the same subscriber.
    expect(await ask('2001:db8:1:2::1')).toEqual({ 401: 10, 429: 20 });
    expect(await ask('2001:db8:1:2:3:4:5:6')).toEqual({ 429: 30 });
    expect(await ask('2001:db8:1:3::1')).toEqual({ 401: 10, 429: 20 });
  });

  it('back off together from sign-ins that fail, whether the user exists or not', async () => {
    const services = await startTwo({ ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD });
    const statuses = async (name: string): Promise<Record<number, number>> => {
      const answers = Array.from({ length: 20 }, (_, i) =>
        signIn(services[i % 2]?.url ?? '', name, 'a wrong password'),
      );
      return countAnswers(Promise.all(answers));
    };

    expect(await statuses('admin')).toEqual({ 401: 5, 429: 15 });
    expect(await statuses('nobody')).toEqual({ 401: 5, 429: 15 });
    expect((await signIn(services[0].url, 'admin', BOOTSTRAP_PASSWORD)).status).toBe(429);
  });

  it('back off together from failures under one name, however many networks they come from', async () => {
    const services = await startTwo({ RATE_LIMIT_ADDRESS_PER_MINUTE: '0' });
    const answers = Array.from({ length: 60 }, (_, i) =>
      postJson(
        `${services[i % 2]?.url ?? ''}/auth/login`,
        { username: 'anna', password: 'a wrong password' },
        { 'x-forwarded-for': `2001:db8:0:${i.toString(16)}::1` },
      ),
    );

    expect(await countAnswers(Promise.all(answers))).toEqual({ 401: 20, 429: 40 });
  });

  it('go on counting, each for itself, when Redis goes away', async () => {
    const own = await startRedis();
    const service = await start({
      REDIS_URL: `redis://:${own.password}@127.0.0.1:${own.port}`,
      // Else the probe would say that no job reaches a worker.
      QUEUE_DRIVER: 'embedded',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '5',
    });
    const { url } = service;
    expect((await fetch(`${url}/jobs`)).status).toBe(200);
    await own.stop();

    expect(await countAnswers(askMany(`${url}/jobs`, 10))).toEqual({ 200: 5, 429: 5 });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await waitFor(() => service.log().includes('Redis cannot be reached'));
    const warnings = service
      .log()
      .split('\n')
      .filter((line) => line.includes('Redis cannot be reached'));
    expect(warnings).toHaveLength(1);
    expect(service.log()).not.toContain(own.password);
  });
});

describe('jobs of one user', () => {
  async function usageOf(url: string): Promise<Usage> {
    return jsonOf<Usage>(await fetch(`${url}/usage`));
  }

  async function storedBlobs({ dataDir }: RunningService): Promise<number> {
    const entries = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).length;
  }

  it('that are not finished are as many as there may be, also of uploads at the same moment', async () => {
    const database = await openDatabase();
    const service = await start({ DATABASE_URL: database.url, MAX_ACTIVE_JOBS_PER_USER: '3' });
    const uploads = Array.from({ length: 12 }, () => upload(service.url, { file: SPEECH }));
    const answers = await Promise.all(uploads);

    expect(await countAnswers(Promise.resolve(answers))).toEqual({ 202: 3, 429: 9 });
    const refused = answers.find(({ status }) => status === 429) ?? new Response();
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(await problemOf(refused)).toMatchObject({
      code: 'too_many_active_jobs',
      detail: 'You have 3 jobs that are not finished; there may be 3. Send more as they end.',
    });
    expect(await query(database.url, 'select count(*) from media_files')).toEqual([{ count: '3' }]);
    // They are the same bytes.
    expect(await storedBlobs(service)).toBe(1);
    expect(await usageOf(service.url)).toMatchObject({ active_jobs: 3, active_jobs_limit: 3 });

    await executeSql(database.url, `update jobs set status = 'completed', finished_at = now()`);
    expect((await upload(service.url, { file: SPEECH })).status).toBe(202);
  });

  it('have as much audio in a day as there may be', async () => {
    const database = await openDatabase();
    const service = await start({ DATABASE_URL: database.url, MAX_AUDIO_MINUTES_PER_DAY: '1' });
    const uploads = Array.from({ length: 12 }, () => upload(service.url, { file: SPEECH }));
    const answers = await Promise.all(uploads);

    expect(await countAnswers(Promise.resolve(answers))).toEqual({ 202: 8, 429: 4 });
    const refused = answers.find(({ status }) => status === 429) ?? new Response();
    expect(await problemOf(refused)).toMatchObject({
      code: 'audio_quota_exceeded',
      detail: 'You have 1 minute of audio a day (UTC), of which 0 are left.',
    });
    const usage = await usageOf(service.url);
    expect(usage).toMatchObject({ active_jobs: 8, active_jobs_limit: 500, audio_minutes_limit: 1 });
    expect(usage.audio_minutes_today).toBe(0.95);
    expect(usage.resets_at).toMatch(/T00:00:00.000Z$/);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
    expect(await storedBlobs(service)).toBe(1);

    await executeSql(database.url, `update usage_days set day = day - 1`);
    expect((await upload(service.url, { file: SPEECH })).status).toBe(202);
  });

  it('are told when a recording is longer than a whole day has', async () => {
    const database = await openDatabase();
    const service = await start({ DATABASE_URL: database.url, MAX_AUDIO_MINUTES_PER_DAY: '1' });
    const response = await upload(service.url, { file: 'bad/long_10h.flac' });

    expect([response.status, (await problemOf(response)).code, response.headers.get('retry-after')]).toEqual([
      429,
      'audio_quota_exceeded',
      null,
    ]);
  });

  it('without limits are as many as there are', async () => {
    const service = await start({ MAX_ACTIVE_JOBS_PER_USER: '0', MAX_AUDIO_MINUTES_PER_DAY: '0' });
    await upload(service.url, { file: SPEECH });

    expect(await usageOf(service.url)).toMatchObject({
      active_jobs: 1,
      active_jobs_limit: null,
      storage_bytes_limit: null,
      audio_minutes_limit: null,
    });
  });
});

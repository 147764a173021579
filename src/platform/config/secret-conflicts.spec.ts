import { describe, expect, it } from '@jest/globals';
import { sampleKey } from '../../../test/support/sample-key.js';
import { PRODUCTION } from '../../../test/support/production.js';
import { StartupError } from '../errors/startup-error.js';
import { loadAppConfig } from './app-config.js';
import type { Environment } from './setting.js';

type Secret = Exclude<keyof typeof PRODUCTION, 'NODE_ENV'>;

const { SECRET_KEY, JWT_SECRET_KEY, ADMIN_BOOTSTRAP_PASSWORD, REDIS_PASSWORD } = PRODUCTION;
const THIRD_KEY = sampleKey('third');
const HUB_TOKEN = 'hf_h5Rw9pLz3cYdJt6g';

const databaseWith = (password: string): string => `postgresql://speech:${password}@db.internal/speech`;
const redisWith = (password: string): string => `rediss://:${password}@redis.internal:6379/0`;

/** The lines of the message, without its head; none when the start goes on. */
function problemsOf(environment: Environment): string[] {
  try {
    loadAppConfig(environment, false);
  } catch (error) {
    if (error instanceof StartupError) return error.message.split('\n  ').slice(1);
    throw error;
  }
  return [];
}

const inProduction = (change: Environment): string[] => problemsOf({ ...PRODUCTION, ...change });

describe('in production', () => {
  it('sound secrets are taken', () => {
    expect(inProduction({})).toEqual([]);
    expect(inProduction({ JWT_SECRET_KEY: `${JWT_SECRET_KEY},${THIRD_KEY}` })).toEqual([]);
    expect(inProduction({ REDIS_URL: 'redis://redis:6379' })).toEqual([]);
    expect(inProduction({ METRICS_TOKEN: 'c4Vb-7nKq-1xWm-Zs8e', MODEL_HUB_TOKEN: HUB_TOKEN })).toEqual([]);
    expect(inProduction({ MODEL_HUB_TOKEN: 'short' })).toEqual([]);
  });

  it.each<[Secret, string]>([
    ['SECRET_KEY', 'SECRET_KEY must be set in production'],
    ['JWT_SECRET_KEY', 'JWT_SECRET_KEY must be set in production'],
    ['ADMIN_BOOTSTRAP_PASSWORD', 'ADMIN_BOOTSTRAP_PASSWORD must be set in production'],
    ['DATABASE_URL', 'DATABASE_URL must be set in production'],
    ['REDIS_URL', 'REDIS_URL must be set in production, unless QUEUE_DRIVER=embedded is'],
    ['REDIS_PASSWORD', 'REDIS_PASSWORD must be set in production, unless QUEUE_DRIVER=embedded is'],
  ])('%s is missed, whether it is unset or empty', (name, problem) => {
    for (const value of [undefined, '', '  ']) expect(inProduction({ [name]: value })).toEqual([problem]);
  });

  it.each<[Secret, string, string]>([
    ['SECRET_KEY', `Change-Me-Please-${SECRET_KEY}`, 'SECRET_KEY is a placeholder'],
    ['SECRET_KEY', '${SECRET_KEY}', 'SECRET_KEY is a placeholder'],
    ['JWT_SECRET_KEY', 'default', 'JWT_SECRET_KEY is a placeholder'],
    ['ADMIN_BOOTSTRAP_PASSWORD', 'changeme-changeme', 'ADMIN_BOOTSTRAP_PASSWORD is a placeholder'],
    [
      'DATABASE_URL',
      'postgresql://user:password@host:5432/name',
      'DATABASE_URL (its password) is a placeholder',
    ],
    ['DATABASE_URL', 'postgres://me:postgres@db/name', 'DATABASE_URL (its password) is a placeholder'],
    ['DATABASE_URL', databaseWith('change%2Dme'), 'DATABASE_URL (its password) is a placeholder'],
    [
      'DATABASE_URL',
      'postgres://db/name?user=me&password=sample',
      'DATABASE_URL (its password) is a placeholder',
    ],
    ['DATABASE_URL', databaseWith('speech'), 'DATABASE_URL (its password) is the user name'],
    ['REDIS_PASSWORD', 'localtest', 'REDIS_PASSWORD is a placeholder'],
  ])('%s=%s is seen through', (name, value, problem) => {
    const redis = name === 'REDIS_PASSWORD' ? { REDIS_URL: 'redis://redis' } : {};
    expect(inProduction({ ...redis, [name]: value })).toEqual([problem]);
  });

  it('the sample for local experiments is seen through in both variables of Redis', () => {
    const password = 'local-redis-password';

    expect(inProduction({ REDIS_URL: redisWith(password), REDIS_PASSWORD: password })).toEqual([
      'REDIS_URL (its password) is a placeholder',
      'REDIS_PASSWORD is a placeholder',
    ]);
  });

  it.each<[Secret | 'METRICS_TOKEN' | 'ADMIN_METRICS_TOKEN' | 'S3_SECRET_ACCESS_KEY', string, string]>([
    ['SECRET_KEY', SECRET_KEY.slice(0, 63), 'SECRET_KEY must have 64 characters or more'],
    ['JWT_SECRET_KEY', `${JWT_SECRET_KEY},abc123`, 'JWT_SECRET_KEY must have 64 characters or more'],
    ['ADMIN_BOOTSTRAP_PASSWORD', 'aB3$xyz', 'ADMIN_BOOTSTRAP_PASSWORD must have 12 characters or more'],
    ['DATABASE_URL', databaseWith('aB3-xyz'), 'DATABASE_URL (its password) must have 12 characters or more'],
    ['ADMIN_METRICS_TOKEN', 'aB3-xyz', 'ADMIN_METRICS_TOKEN must have 16 characters or more'],
    ['ADMIN_METRICS_TOKEN', 'metrics-token-1234', 'ADMIN_METRICS_TOKEN is a placeholder'],
    ['S3_SECRET_ACCESS_KEY', 'local-secret', 'S3_SECRET_ACCESS_KEY is a placeholder'],
    ['METRICS_TOKEN', 'aB3-xyz', 'METRICS_TOKEN must have 16 characters or more'],
    ['SECRET_KEY', 'ab'.repeat(32), 'SECRET_KEY repeats the same few characters'],
    [
      'DATABASE_URL',
      databaseWith('aaaaaaaaaaaaaaab'),
      'DATABASE_URL (its password) repeats the same few characters',
    ],
  ])('%s=%s is too little', (name, value, problem) => {
    expect(inProduction({ [name]: value })).toEqual([expect.stringContaining(problem)]);
  });

  it('a short password of Redis is named where it stands', () => {
    const password = 'aB3-xyz-9qW-m5T';
    const fault = 'must have 16 characters or more (openssl rand -hex 64)';

    expect(inProduction({ REDIS_URL: redisWith(password), REDIS_PASSWORD: password })).toEqual([
      `REDIS_URL (its password) ${fault}`,
      `REDIS_PASSWORD ${fault}`,
    ]);
  });

  it.each<[string, Environment, string]>([
    ['the keys', { JWT_SECRET_KEY: SECRET_KEY }, 'SECRET_KEY and JWT_SECRET_KEY must differ from each other'],
    [
      'a key and the previous other one',
      { JWT_SECRET_KEY: `${JWT_SECRET_KEY},${SECRET_KEY}` },
      'SECRET_KEY and JWT_SECRET_KEY must differ from each other',
    ],
    [
      'a key and itself',
      { SECRET_KEY: `${SECRET_KEY},${SECRET_KEY}` },
      'SECRET_KEY names the same key twice',
    ],
    [
      'a key and the password',
      { ADMIN_BOOTSTRAP_PASSWORD: SECRET_KEY },
      'SECRET_KEY and ADMIN_BOOTSTRAP_PASSWORD must differ from each other',
    ],
    [
      'the passwords of the administrator and of the database',
      { DATABASE_URL: databaseWith(ADMIN_BOOTSTRAP_PASSWORD) },
      'ADMIN_BOOTSTRAP_PASSWORD and DATABASE_URL (its password) must differ from each other',
    ],
    [
      'the passwords in both addresses',
      { DATABASE_URL: databaseWith(THIRD_KEY), REDIS_URL: redisWith(THIRD_KEY), REDIS_PASSWORD: THIRD_KEY },
      'DATABASE_URL (its password) and REDIS_URL (its password) must differ from each other',
    ],
    [
      'the passwords of the database and of Redis',
      { DATABASE_URL: databaseWith(REDIS_PASSWORD) },
      'DATABASE_URL (its password) and REDIS_PASSWORD must differ from each other',
    ],
    [
      'a key and the token of the figures for administrators',
      { ADMIN_METRICS_TOKEN: SECRET_KEY },
      'SECRET_KEY and ADMIN_METRICS_TOKEN must differ from each other',
    ],
    [
      'a key and the token of another service',
      { MODEL_HUB_TOKEN: JWT_SECRET_KEY },
      'JWT_SECRET_KEY and MODEL_HUB_TOKEN must differ from each other',
    ],
  ])('two that are equal are named: %s', (_what, change, problem) => {
    expect(inProduction(change)).toContain(problem);
  });

  it('Redis may have its password in both variables, but no two', () => {
    expect(inProduction({ REDIS_URL: redisWith('another-9pLz-3cYd') })).toEqual([
      'REDIS_URL has another password than REDIS_PASSWORD',
    ]);
  });

  it('nothing of Redis is asked for where QUEUE_DRIVER says embedded, but what is there is judged', () => {
    const embedded = { QUEUE_DRIVER: 'embedded', REDIS_URL: undefined, REDIS_PASSWORD: undefined };

    expect(inProduction(embedded)).toEqual([]);
    expect(inProduction({ ...embedded, DATABASE_URL: 'embedded' })).toEqual([]);
    expect(inProduction({ ...embedded, REDIS_PASSWORD: 'sample' })).toEqual([
      'REDIS_PASSWORD is a placeholder',
    ]);
    expect(inProduction({ ...embedded, QUEUE_DRIVER: 'bull' })).toEqual([
      'REDIS_URL must be set in production, unless QUEUE_DRIVER=embedded is',
      'REDIS_PASSWORD must be set in production, unless QUEUE_DRIVER=embedded is',
    ]);
  });

  it('every problem is in one message, and no secret', () => {
    const environment = {
      NODE_ENV: 'production',
      SECRET_KEY: 'short-Xk2',
      JWT_SECRET_KEY: 'example-Xk3',
      DATABASE_URL: 'postgresql://Xk4:Xk4@db/name',
      REDIS_URL: 'http://:Xk5@redis',
      REDIS_PASSWORD: 'Xk6',
    };
    const problems = problemsOf(environment);

    expect(problems.map((line) => line.split(' ')[0])).toEqual([
      'SECRET_KEY',
      'JWT_SECRET_KEY',
      'REDIS_URL',
      'ADMIN_BOOTSTRAP_PASSWORD',
      'DATABASE_URL',
      'REDIS_PASSWORD',
    ]);
    expect(problems.join('\n')).not.toMatch(/Xk\d/);
  });
});

describe('outside production', () => {
  it('no secret is asked for, and those of other services are as they are', () => {
    expect(problemsOf({})).toEqual([]);
    expect(
      problemsOf({
        DATABASE_URL: 'postgresql://postgres:postgres@127.0.0.1/speech',
        REDIS_URL: 'redis://:local-redis-password@redis:6379/0',
        REDIS_PASSWORD: 'local-redis-password',
        METRICS_TOKEN: 'postgres',
      }),
    ).toEqual([]);
  });

  it('a key or password of the service itself is refused when it is none', () => {
    expect(
      problemsOf({ SECRET_KEY: 'changeme', JWT_SECRET_KEY: 'abc', ADMIN_BOOTSTRAP_PASSWORD: 'admin' }),
    ).toEqual([
      'SECRET_KEY is a placeholder',
      'JWT_SECRET_KEY must have 64 characters or more (openssl rand -hex 64)',
      'ADMIN_BOOTSTRAP_PASSWORD is a placeholder',
    ]);
    expect(problemsOf({ SECRET_KEY, JWT_SECRET_KEY: SECRET_KEY })).toEqual([
      'SECRET_KEY and JWT_SECRET_KEY must differ from each other',
    ]);
  });

  it.each(['http://redis', 'redis://', 'redis:6379', 'redis'])(
    'REDIS_URL=%s is no address of Redis',
    (REDIS_URL) => {
      expect(problemsOf({ REDIS_URL })).toEqual([
        'REDIS_URL must look like redis://host:6379/0, or rediss:// for TLS',
      ]);
    },
  );
});

import { sampleKey } from './sample-key.js';

/** Settings that production takes. The servers that it names do not exist. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  SECRET_KEY: sampleKey('SECRET_KEY'),
  JWT_SECRET_KEY: sampleKey('JWT_SECRET_KEY'),
  ADMIN_BOOTSTRAP_PASSWORD: 'Zq7-only-for-once',
  DATABASE_URL: 'postgresql://speech:v8Kq-2mXw-r4Tn@db.internal:5432/speech',
  REDIS_URL: 'rediss://:h5Rw-9pLz-3cYd-Jt6g@redis.internal:6379/0',
  REDIS_PASSWORD: 'h5Rw-9pLz-3cYd-Jt6g',
} as const;

export const WITHOUT_REDIS = { QUEUE_DRIVER: 'embedded', REDIS_URL: '', REDIS_PASSWORD: '' } as const;

import { isLoopbackAddress } from './networks.js';
import { findEqualSecrets, findProductionFaults, findRedisConflict } from './secret-conflicts.js';
import type { Environment } from './setting.js';
import type { SettingValues } from './settings.js';

const REQUIRED_IN_PRODUCTION = [
  'SECRET_KEY',
  'JWT_SECRET_KEY',
  'ADMIN_BOOTSTRAP_PASSWORD',
  'DATABASE_URL',
] as const;
const REQUIRED_BY_REDIS = ['REDIS_URL', 'REDIS_PASSWORD'] as const;

/** Whether requests of this machine need no credentials, as it was set or by default. */
export function isAnonymousLocal(values: Partial<SettingValues>): boolean {
  const { NODE_ENV, HOST = '', PUBLIC_URL = null, TRUST_PROXY = null, ANONYMOUS_LOCAL = null } = values;
  const isReachable = PUBLIC_URL !== null || TRUST_PROXY !== null || !isLoopbackAddress(HOST);
  return ANONYMOUS_LOCAL ?? (NODE_ENV !== 'production' && !isReachable);
}

/** What is wrong with values that are sound one by one, a line each. Values that could not be read are absent. */
export function findConflicts(values: Partial<SettingValues>, environment: Environment): string[] {
  const problems: string[] = [];
  if (values.NODE_ENV === 'production') {
    if (values.ANONYMOUS_LOCAL === true) problems.push('ANONYMOUS_LOCAL=true is not possible in production');
    problems.push(...findMissing(values, environment), ...findProductionFaults(values));
  }
  if (values.ANONYMOUS_LOCAL === true && (values.TRUST_PROXY ?? null) !== null)
    problems.push('ANONYMOUS_LOCAL=true is not possible behind a proxy, which TRUST_PROXY tells of');
  if (values.HOST !== undefined && isAnonymousLocal(values) && !isLoopbackAddress(values.HOST))
    problems.push(
      `HOST=${values.HOST} must be a loopback address (127.0.0.1, ::1 or localhost) while ANONYMOUS_LOCAL is true`,
    );
  // In production that is asked for in any case.
  if (values.QUEUE_DRIVER === 'bull' && values.REDIS_URL === null && values.NODE_ENV !== 'production')
    problems.push('REDIS_URL must be set with QUEUE_DRIVER=bull');
  problems.push(...findRedisConflict(values), ...findEqualSecrets(values), ...findS3Conflicts(values));
  return problems;
}

function findMissing({ QUEUE_DRIVER }: Partial<SettingValues>, environment: Environment): string[] {
  const isMissing = (name: string): boolean => (environment[name]?.trim() ?? '') === '';
  const redis = QUEUE_DRIVER === 'embedded' ? [] : REQUIRED_BY_REDIS;
  return [
    ...REQUIRED_IN_PRODUCTION.filter(isMissing).map((name) => `${name} must be set in production`),
    ...redis
      .filter(isMissing)
      .map((name) => `${name} must be set in production, unless QUEUE_DRIVER=embedded is`),
  ];
}

function findS3Conflicts({
  BLOB_DRIVER,
  S3_BUCKET,
  S3_ACCESS_KEY_ID,
  S3_SECRET_ACCESS_KEY,
}: Partial<SettingValues>): string[] {
  if (BLOB_DRIVER !== 's3') return [];
  const problems = S3_BUCKET === null ? ['S3_BUCKET must be set with BLOB_DRIVER=s3'] : [];
  const hasHalfAKey = (S3_ACCESS_KEY_ID === null) !== (S3_SECRET_ACCESS_KEY === null);
  return hasHalfAKey
    ? [...problems, 'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set both, or neither']
    : problems;
}

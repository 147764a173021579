import { FAST_PASSWORD, findSecretFault, PASSWORD, type SecretKind } from './secret-rules.js';
import type { SettingValues } from './settings.js';

type Values = Partial<SettingValues>;

/** A secret and what messages call it. */
interface NamedSecret {
  readonly label: string;
  readonly secret: string;
}

/** One that has no rules of its own as a setting, since outside production it may be anything. */
interface ProductionSecret extends NamedSecret {
  readonly user: string;
  /** Null: somebody else gave it out, so that only its use for two things is ours to judge. */
  readonly kind: SecretKind | null;
}

/** What is wrong with secrets that production would run with, a line each. */
export function findProductionFaults(values: Values): string[] {
  return productionSecretsIn(values).flatMap(({ label, secret, user, kind }) => {
    if (kind === null) return [];
    const fault = secret === user ? 'is the user name' : findSecretFault(secret, kind);
    return fault === null ? [] : [`${label} ${fault}`];
  });
}

/** Which secrets are the same, or part of each other, a line for each pair: who finds one would have the other. */
export function findEqualSecrets(values: Values): string[] {
  const secrets: NamedSecret[] = [
    ...ownSecretsIn(values),
    ...(values.NODE_ENV === 'production' ? productionSecretsIn(values) : []),
  ];
  const problems = secrets.flatMap((one, i) =>
    secrets
      .slice(i + 1)
      .filter((other) => isPartOf(one.secret, other.secret) && !areMeantToBeEqual(one, other))
      .map((other) => describePair(one, other)),
  );
  return [...new Set(problems)];
}

/** Two passwords for one server, of which only one can be right. */
export function findRedisConflict({ REDIS_URL = null, REDIS_PASSWORD = null }: Values): string[] {
  const { secret } = credentialsIn(REDIS_URL);
  const differs = secret !== '' && REDIS_PASSWORD !== null && secret !== REDIS_PASSWORD;
  return differs ? ['REDIS_URL has another password than REDIS_PASSWORD'] : [];
}

function ownSecretsIn(values: Values): NamedSecret[] {
  const { SECRET_KEY = [], JWT_SECRET_KEY = [], ADMIN_BOOTSTRAP_PASSWORD = null } = values;
  return [
    ...SECRET_KEY.map((secret) => ({ label: 'SECRET_KEY', secret })),
    ...JWT_SECRET_KEY.map((secret) => ({ label: 'JWT_SECRET_KEY', secret })),
    ...(ADMIN_BOOTSTRAP_PASSWORD === null
      ? []
      : [{ label: 'ADMIN_BOOTSTRAP_PASSWORD', secret: ADMIN_BOOTSTRAP_PASSWORD }]),
  ];
}

function productionSecretsIn(values: Values): ProductionSecret[] {
  const {
    DATABASE_URL = null,
    REDIS_URL = null,
    REDIS_PASSWORD,
    METRICS_TOKEN,
    ADMIN_METRICS_TOKEN,
  } = values;
  const { S3_SECRET_ACCESS_KEY, MODEL_HUB_TOKEN } = values;
  const secrets = [
    { label: 'DATABASE_URL (its password)', ...credentialsIn(DATABASE_URL), kind: PASSWORD },
    { label: 'REDIS_URL (its password)', ...credentialsIn(REDIS_URL), kind: FAST_PASSWORD },
    { label: 'REDIS_PASSWORD', user: '', secret: REDIS_PASSWORD ?? '', kind: FAST_PASSWORD },
    { label: 'METRICS_TOKEN', user: '', secret: METRICS_TOKEN ?? '', kind: FAST_PASSWORD },
    { label: 'ADMIN_METRICS_TOKEN', user: '', secret: ADMIN_METRICS_TOKEN ?? '', kind: FAST_PASSWORD },
    { label: 'S3_SECRET_ACCESS_KEY', user: '', secret: S3_SECRET_ACCESS_KEY ?? '', kind: PASSWORD },
    { label: 'MODEL_HUB_TOKEN', user: '', secret: MODEL_HUB_TOKEN ?? '', kind: null },
  ];
  return secrets.filter(({ secret }) => secret !== '');
}

/** Drivers take a password from either place. Empty: there is none. */
function credentialsIn(address: string | null): { user: string; secret: string } {
  if (address === null) return { user: '', secret: '' };
  const { username, password, searchParams } = new URL(address);
  return { user: decode(username), secret: decode(password) || (searchParams.get('password') ?? '') };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isPartOf(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one);
}

function areMeantToBeEqual(one: NamedSecret, other: NamedSecret): boolean {
  return one.label.startsWith('REDIS_') && other.label.startsWith('REDIS_');
}

function describePair(one: NamedSecret, other: NamedSecret): string {
  return one.label === other.label
    ? `${one.label} names the same key twice`
    : `${one.label} and ${other.label} must differ from each other`;
}

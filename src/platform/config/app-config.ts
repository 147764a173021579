import { join, resolve } from 'node:path';
import type { TracingSettings } from '../tracing/tracing-settings.js';
import type { Environment } from './setting.js';
import { StartupError } from '../errors/startup-error.js';
import { CHANGEABLE_SETTINGS, type ChangeableSetting, type WrittenValues } from './changeable-settings.js';
import type { KeptDays } from './media-retention.js';
import type { ModelName } from './model-names.js';
import { findConflicts, isAnonymousLocal } from './setting-conflicts.js';
import { tracingOf } from './tracing-settings.js';
import type { TranscriptAccess } from './transcript-access.js';
import type { TrustedProxies } from './trust-proxy.js';
import type { AllowedTargets } from './url-fetch-allow.js';
import { SETTINGS, type SettingName, type SettingValues } from './settings.js';

const MIB = 2 ** 20;

export interface S3Settings {
  readonly bucket: string;
  /** Null: Amazon's. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: the role of the machine. */
  readonly accessKeyId: string | null;
  readonly secretAccessKey: string | null;
  readonly prefix: string;
  readonly forcePathStyle: boolean;
}

/**
 * Everything that can be set, read once at start. What `startValues` names changes while the service runs: it is to be read where it is
 * needed, and not kept.
 */
export interface AppConfig {
  /** Of the settings that can be changed at run time, as the environment has them. */
  readonly startValues: WrittenValues;
  readonly production: boolean;
  readonly dataDir: string;
  /** Where the image tells what it was built from. */
  readonly buildInfoFile: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    /** Null: no proxy is believed. Else what Express' `trust proxy` takes. */
    readonly trustProxy: TrustedProxies | null;
    /** Of other sites, whose pages may read answers. */
    readonly corsOrigins: readonly string[];
  };
  readonly auth: {
    /** Requests of this machine without credentials are those of its user. */
    readonly anonymousLocal: boolean;
    /** Whether administrators may read what is another's. */
    readonly transcriptAccess: TranscriptAccess;
    /** The one in use, then another one that is accepted; none: to be generated. */
    readonly secretKeys: readonly string[];
    readonly jwtKeys: readonly string[];
    readonly bootstrapPassword: string | null;
  };
  /** A null url means the embedded server under `dataDir`. */
  readonly database: { readonly url: string | null };
  /** A null url means none. The password goes before that of the url. */
  readonly redis: { readonly url: string | null; readonly password: string | null };
  readonly queue: { readonly driver: 'embedded' | 'bull' };
  /** Zero means without limit. */
  readonly rateLimits: {
    readonly addressPerMinute: number;
    readonly userPerMinute: number;
    readonly piecesPerMinute: number;
  };
  /** Of one user; zero means without limit. */
  readonly quotas: {
    readonly activeJobs: number;
    readonly audioSecondsPerDay: number;
    readonly storageBytes: number;
  };
  readonly batches: { readonly maxItems: number };
  /** `keptVersions`: of one transcript, besides what the engine heard. */
  readonly transcripts: { readonly keptVersions: number };
  readonly openAi: { readonly keepJobs: boolean; readonly silenceMs: number };
  /** Open at the same time, in this process. */
  readonly streams: { readonly max: number; readonly maxPerUser: number };
  readonly blobs: { readonly s3: S3Settings | null };
  readonly uploads: {
    readonly maxBytes: number;
    readonly maxAudioSeconds: number;
    /** Of one user and unfinished; zero means without limit. */
    readonly maxSessionsPerUser: number;
    /** From one piece of an unfinished upload to the next. */
    readonly sessionMs: number;
    /** How long recordings are kept at most. */
    readonly keptDays: KeptDays;
    /** What is left free of the disk. */
    readonly minFreeBytes: number;
  };
  /** `allow`: what is reached although it is not public. */
  readonly urlFetch: { readonly allow: AllowedTargets; readonly maxMs: number };
  readonly webhooks: {
    readonly perUser: number;
    /** What is reached although it is not public. */
    readonly allow: AllowedTargets;
    /** Of one attempt. */
    readonly timeoutMs: number;
    /** For how long deliveries are signed with the secret before as well. */
    readonly overlapMs: number;
    /** How long deliveries that have ended are kept. */
    readonly logDays: number;
  };
  readonly models: {
    readonly dir: string;
    readonly preferred: ModelName;
    readonly hub: {
      readonly url: string;
      readonly token: string | null;
      readonly offline: boolean;
      readonly revision: string;
    };
  };
  readonly worker: {
    readonly embedded: boolean;
    /** Of a process that is nothing but a worker. */
    readonly port: number;
    /** Jobs at the same time. */
    readonly concurrency: number;
    readonly threads: number;
    /** Null: what the machine allows. */
    readonly memoryBytes: number | null;
    readonly maxAttempts: number;
    /** How long the engine may be at one step. */
    readonly engineStallMs: number;
    /** By how much the engine may grow; 0: as it likes. */
    readonly engineGrowthBytes: number;
    /** How long telling speakers apart may take, of the length of a recording. */
    readonly diarizationLimitPercent: number;
  };
  readonly shutdownGraceMs: number;
  /** Before that. */
  readonly shutdownDrainMs: number;
  /** A null token opens the first to everybody, the figures for administrators to nobody. */
  readonly metrics: { readonly token: string | null; readonly adminToken: string | null };
  /** Null: no traces are sent. */
  readonly tracing: TracingSettings | null;
  readonly logging: { readonly level: string; readonly format: 'json' | 'pretty' };
}

export const APP_CONFIG = Symbol('AppConfig');

/**
 * Reads and checks all settings.
 *
 * @param environment the variables, usually those of the process
 * @param isTerminal whether logs go to a terminal
 * @throws StartupError one message that lists every problem
 */
export function loadAppConfig(environment: Environment, isTerminal: boolean): AppConfig {
  const values = readValues(environment);
  const production = values.NODE_ENV === 'production';
  return {
    startValues: writtenValues(environment),
    production,
    dataDir: resolve(values.DATA_DIR),
    buildInfoFile: values.BUILD_INFO_FILE,
    http: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL,
      trustProxy: values.TRUST_PROXY,
      corsOrigins: values.CORS_ORIGINS,
    },
    auth: {
      anonymousLocal: isAnonymousLocal(values),
      transcriptAccess: values.ADMIN_TRANSCRIPT_ACCESS,
      secretKeys: values.SECRET_KEY,
      jwtKeys: values.JWT_SECRET_KEY,
      bootstrapPassword: values.ADMIN_BOOTSTRAP_PASSWORD,
    },
    database: { url: values.DATABASE_URL },
    redis: { url: values.REDIS_URL, password: values.REDIS_PASSWORD },
    queue: { driver: values.QUEUE_DRIVER ?? (values.REDIS_URL === null ? 'embedded' : 'bull') },
    ...limitsOf(values),
    batches: { maxItems: values.MAX_BATCH_ITEMS },
    transcripts: { keptVersions: values.TRANSCRIPT_VERSIONS },
    openAi: { keepJobs: values.OPENAI_KEEP_JOBS, silenceMs: values.OPENAI_SILENCE_SECONDS * 1000 },
    streams: { max: values.MAX_STREAMS, maxPerUser: values.MAX_STREAMS_PER_USER },
    blobs: { s3: s3Settings(values) },
    uploads: uploadLimits(values),
    urlFetch: { allow: values.URL_FETCH_ALLOW, maxMs: values.URL_FETCH_MAX_MINUTES * 60_000 },
    webhooks: webhookSettings(values),
    models: modelSettings(values),
    worker: {
      embedded: values.WORKER_EMBEDDED,
      port: values.WORKER_PORT,
      concurrency: values.WORKER_CONCURRENCY,
      threads: values.WORKER_THREADS,
      memoryBytes: values.WORKER_MEMORY_MB === null ? null : values.WORKER_MEMORY_MB * MIB,
      maxAttempts: values.JOB_MAX_ATTEMPTS,
      engineStallMs: values.ENGINE_STALL_S * 1000,
      engineGrowthBytes: values.ENGINE_RECYCLE_MB * MIB,
      diarizationLimitPercent: values.DIARIZATION_LIMIT_PERCENT,
    },
    shutdownGraceMs: values.SHUTDOWN_GRACE_S * 1000,
    shutdownDrainMs: values.SHUTDOWN_DRAIN_S * 1000,
    metrics: { token: values.METRICS_TOKEN, adminToken: values.ADMIN_METRICS_TOKEN },
    tracing: tracingOf(values),
    logging: { level: values.LOG_LEVEL, format: logFormat(values, production, isTerminal) },
  };
}

export function limitsOf(
  values: Pick<SettingValues, ChangeableSetting>,
): Pick<AppConfig, 'rateLimits' | 'quotas'> {
  return {
    rateLimits: {
      addressPerMinute: values.RATE_LIMIT_ADDRESS_PER_MINUTE,
      userPerMinute: values.RATE_LIMIT_USER_PER_MINUTE,
      piecesPerMinute: values.RATE_LIMIT_PIECES_PER_MINUTE,
    },
    quotas: {
      activeJobs: values.MAX_ACTIVE_JOBS_PER_USER,
      audioSecondsPerDay: values.MAX_AUDIO_MINUTES_PER_DAY * 60,
      storageBytes: values.STORAGE_QUOTA_MB * MIB,
    },
  };
}

function writtenValues(environment: Environment): WrittenValues {
  return Object.fromEntries(
    CHANGEABLE_SETTINGS.map((name) => [name, readRaw(environment, name, SETTINGS[name].fallback)]),
  ) as unknown as WrittenValues;
}

/** An empty variable is an absent one: that is what "NAME=" in an env file means to people. */
function readRaw(environment: Environment, name: string, fallback: string): string {
  const raw = environment[name]?.trim() ?? '';
  return raw === '' ? fallback : raw;
}

function s3Settings(values: SettingValues): S3Settings | null {
  if (values.BLOB_DRIVER !== 's3') return null;
  return {
    bucket: values.S3_BUCKET ?? '',
    endpoint: values.S3_ENDPOINT,
    region: values.S3_REGION,
    accessKeyId: values.S3_ACCESS_KEY_ID,
    secretAccessKey: values.S3_SECRET_ACCESS_KEY,
    prefix: values.S3_PREFIX,
    forcePathStyle: values.S3_FORCE_PATH_STYLE,
  };
}

function modelSettings(values: SettingValues): AppConfig['models'] {
  return {
    dir: resolve(values.MODEL_DIR ?? join(values.DATA_DIR, 'models')),
    preferred: values.WHISPER_MODEL,
    hub: {
      url: values.MODEL_HUB_URL,
      token: values.MODEL_HUB_TOKEN,
      offline: values.MODEL_HUB_OFFLINE,
      revision: values.MODEL_REVISION,
    },
  };
}

function webhookSettings(values: SettingValues): AppConfig['webhooks'] {
  return {
    perUser: values.WEBHOOKS_PER_USER,
    allow: values.WEBHOOK_ALLOW,
    timeoutMs: values.WEBHOOK_TIMEOUT_S * 1000,
    overlapMs: values.WEBHOOK_SECRET_OVERLAP_H * 3_600_000,
    logDays: values.WEBHOOK_LOG_DAYS,
  };
}

function uploadLimits(values: SettingValues): AppConfig['uploads'] {
  return {
    maxBytes: values.MAX_UPLOAD_MB * MIB,
    maxAudioSeconds: values.MAX_AUDIO_HOURS * 3600,
    maxSessionsPerUser: values.MAX_UPLOADS_PER_USER,
    sessionMs: values.UPLOAD_EXPIRES_HOURS * 3_600_000,
    keptDays: values.MEDIA_RETENTION,
    minFreeBytes: values.MIN_FREE_DISK_MB * MIB,
  };
}

function logFormat(values: SettingValues, production: boolean, isTerminal: boolean): 'json' | 'pretty' {
  if (values.LOG_FORMAT !== 'auto') return values.LOG_FORMAT;
  return isTerminal && !production ? 'pretty' : 'json';
}

function readValues(environment: Environment): SettingValues {
  const problems: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]) => {
    const raw = readRaw(environment, name, setting.fallback);
    const parsed = setting.parse(raw);
    if ('value' in parsed) return [name, parsed.value] as const;
    problems.push(describeProblem(name, raw, parsed.problem, 'secret' in setting));
    return [name, undefined] as const;
  });
  problems.push(...findConflicts(Object.fromEntries(entries), environment));
  if (problems.length > 0) {
    throw new StartupError(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  return Object.fromEntries(entries) as SettingValues;
}

function describeProblem(name: string, raw: string, problem: string, secret: boolean): string {
  return secret ? `${name} ${problem}` : `${name}=${raw} ${problem}`;
}

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

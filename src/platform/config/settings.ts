import { MODEL_NAMES } from './model-names.js';
import { TRANSCRIPT_ACCESSES } from './transcript-access.js';
import {
  choice,
  flag,
  integer,
  optionalChoice,
  optionalFlag,
  optionalText,
  text,
  type Setting,
} from './setting.js';
import {
  bootstrapPassword,
  corsOrigins,
  databaseUrl,
  hubToken,
  hubUrl,
  keys,
  publicUrl,
  redisUrl,
  revision,
  s3Prefix,
} from './setting-parsers.js';
import { TRACING_SETTINGS } from './tracing-settings.js';
import { trustProxy } from './trust-proxy.js';
import { UPLOAD_SETTINGS } from './upload-settings.js';
import { WEBHOOK_SETTINGS } from './webhook-settings.js';
import { WORKER_SETTINGS } from './worker-settings.js';

/** Every variable that the service reads. env.template and docs/configuration.md are written from this table. */
export const SETTINGS = {
  NODE_ENV: choice(['development', 'production', 'test'], 'development', 'What kind of run this is.'),
  HOST: text(
    '127.0.0.1',
    'Address to listen on. On any but a loopback address everybody has to sign in or to send an API key.',
  ),
  PORT: integer(8001, 0, 65535, 'Port to listen on; 0 takes a free one.'),
  PUBLIC_URL: {
    fallback: '',
    describe:
      'Address under which a proxy of yours publishes the service: for links in answers, and the origin of its pages, in production the only one. Empty: relative links.',
    parse: publicUrl,
  },
  TRUST_PROXY: {
    fallback: '',
    describe:
      "Whose X-Forwarded-For tells the address of a client: how many proxies stand in front, or their addresses and networks (10.0.0.0/8, 192.0.2.7, or loopback, linklocal, uniquelocal), with commas. Empty: nobody's. Behind a proxy that is not named all clients count as one address.",
    parse: trustProxy,
  },
  CORS_ORIGINS: {
    fallback: '',
    describe:
      'Origins of other sites whose pages may use the API, as https://app.example.org,http://localhost:5173. They have to send an API key or an access token: for them there are no cookies and no ANONYMOUS_LOCAL. Empty: none.',
    parse: corsOrigins,
  },
  ANONYMOUS_LOCAL: optionalFlag(
    'Take requests of this machine that bring no credentials for those of its user, who may do everything. Where the system tells (Linux), only programs of the user that the service runs as. Default: true on a loopback HOST without PUBLIC_URL and TRUST_PROXY. In production never.',
  ),
  ADMIN_TRANSCRIPT_ACCESS: choice(
    TRANSCRIPT_ACCESSES,
    'none',
    'Whether administrators may read jobs, transcripts and recordings of others: `none`: they look as if they did not exist; `audited`: by the usual routes, and the audit trail tells of each look.',
  ),
  SECRET_KEY: {
    fallback: '',
    describe:
      'Binds refresh tokens to this service; 64 characters or more (openssl rand -hex 64). Of two, "NEW,OLD", the first is used and both are accepted: docs/security.md says how that rotates it without signing anybody out. Required in production; elsewhere made once and kept in DATA_DIR.',
    parse: keys,
    secret: true,
  },
  JWT_SECRET_KEY: {
    fallback: '',
    describe: 'Signs access tokens; another value than SECRET_KEY, with the same rules.',
    parse: keys,
    secret: true,
  },
  ADMIN_BOOTSTRAP_PASSWORD: {
    fallback: '',
    describe:
      'Password of the first administrator, "admin": good for one sign-in, which can do nothing but change it. Required in production; elsewhere made and printed once.',
    parse: bootstrapPassword,
    secret: true,
  },
  DATA_DIR: text(
    './data',
    'Folder for everything that must survive: database, recordings, generated secrets.',
  ),
  DATABASE_URL: {
    fallback: '',
    describe:
      'PostgreSQL server, as postgresql://user:password@host:5432/name. Empty or "embedded": a real PostgreSQL under DATA_DIR that starts and stops with the service.',
    parse: databaseUrl,
    secret: true,
  },
  QUEUE_DRIVER: optionalChoice(
    ['embedded', 'bull'],
    'Which queue brings jobs to workers. "embedded" needs no server: workers look into the database. "bull" calls them through Redis, wherever they run. Default: bull when REDIS_URL is set. With "embedded" set, production does not ask for REDIS_URL and REDIS_PASSWORD.',
  ),
  REDIS_URL: {
    fallback: '',
    describe:
      'Redis server, as redis://host:6379/0 or rediss:// for TLS: carries the queue and news of jobs between processes, and counts requests and failed sign-ins for all of them together. Its maxmemory-policy has to be noeviction, and no other installation may use the same database of it. Empty: each process is for itself. Required in production unless QUEUE_DRIVER is "embedded".',
    parse: redisUrl,
    secret: true,
  },
  REDIS_PASSWORD: optionalText(
    'Password of that Redis server; one in REDIS_URL has to be the same. Required in production unless QUEUE_DRIVER is "embedded".',
    { secret: true },
  ),
  BLOB_DRIVER: choice(
    ['filesystem', 's3'],
    'filesystem',
    'Where recordings are kept: under DATA_DIR, or in a store that speaks S3.',
  ),
  S3_BUCKET: optionalText('Bucket, which has to exist. Required with BLOB_DRIVER=s3.'),
  S3_ENDPOINT: {
    fallback: '',
    describe: 'Address of the store, as https://s3.example.org. Empty: that of Amazon for S3_REGION.',
    parse: publicUrl,
  },
  S3_REGION: text('us-east-1', 'Region of the bucket; stores that have none take any.'),
  S3_ACCESS_KEY_ID: optionalText('Access key. Empty: the role of the machine.', { secret: true }),
  S3_SECRET_ACCESS_KEY: optionalText('Secret of the access key.', { secret: true }),
  S3_PREFIX: {
    fallback: '',
    describe: 'Put before the key of every object, as in recordings/.',
    parse: s3Prefix,
  },
  S3_FORCE_PATH_STYLE: flag(
    true,
    'Name the bucket in the path, as most stores other than Amazon want it, and not in the host name.',
  ),
  MODEL_DIR: optionalText(
    'Folder for models that are pulled from the hub or copied by hand, one folder whisper-NAME each. Default: models under DATA_DIR. The bundled ones are always there.',
  ),
  MODEL_HUB_URL: {
    fallback: 'https://huggingface.co',
    describe: 'Model hub, or a mirror that speaks its protocol; may have a path.',
    parse: hubUrl,
    // It may hold a password by mistake.
    secret: true,
  },
  MODEL_HUB_TOKEN: {
    ...optionalText('Token for a hub that asks for one. It is sent to MODEL_HUB_URL only.', { secret: true }),
    parse: hubToken,
  },
  MODEL_HUB_OFFLINE: flag(
    false,
    'Never go to the hub: models are those that are there. Pulling one is refused.',
  ),
  MODEL_REVISION: {
    fallback: 'main',
    describe: 'Which revision of its repository a model is pulled at: a branch, a tag or a commit.',
    parse: revision,
  },
  WHISPER_MODEL: choice(
    MODEL_NAMES,
    'small',
    'Model for requests that name none. Where it is not on this machine, the best one that is takes its place, and every answer says which.',
  ),
  ...UPLOAD_SETTINGS,
  ...WEBHOOK_SETTINGS,
  RATE_LIMIT_ADDRESS_PER_MINUTE: integer(
    2400,
    0,
    1_000_000,
    'Requests that one address (of IPv6: one /64) may make in a minute. 0: no limit.',
  ),
  RATE_LIMIT_USER_PER_MINUTE: integer(
    1200,
    0,
    1_000_000,
    'Requests that one user may make in a minute, by all keys and sessions together. 0: no limit.',
  ),
  RATE_LIMIT_PIECES_PER_MINUTE: integer(
    12_000,
    0,
    1_000_000,
    'Pieces of uploads (chunks, PATCH of tus) that one user, and one address, may send in a minute. They are not counted as requests. 0: no limit.',
  ),
  MAX_ACTIVE_JOBS_PER_USER: integer(
    500,
    0,
    1_000_000,
    'Jobs of one user that may be waiting or in work at the same time. 0: no limit.',
  ),
  MAX_AUDIO_MINUTES_PER_DAY: integer(
    6000,
    0,
    10_000_000,
    'Minutes of audio that one user may have transcribed in a day (UTC). 0: no limit.',
  ),
  TRANSCRIPT_VERSIONS: integer(
    200,
    1,
    10_000,
    'Versions of one transcript that are kept, the newest; what the engine heard stays besides.',
  ),
  MAX_BATCH_ITEMS: integer(100, 1, 1000, 'Recordings that one batch of jobs may have.'),
  OPENAI_KEEP_JOBS: flag(
    false,
    'Keep the jobs that come through the OpenAI API (/v1), with their recordings and transcripts, as those of POST /upload are. Otherwise they are deleted minutes after the answer, and cancelled when the client hangs up.',
  ),
  OPENAI_SILENCE_SECONDS: integer(
    20,
    1,
    60,
    'The longest that nothing is sent to who waits for an answer of the OpenAI API, so that neither proxies nor clients take the connection for dead. Errors that come up in that time have their own status.',
  ),
  MAX_STREAMS_PER_USER: integer(
    20,
    1,
    10_000,
    'Event streams that one user may have open at the same time, in each process.',
  ),
  MAX_STREAMS: integer(1000, 1, 100_000, 'Event streams that one process has open at the same time.'),
  ...WORKER_SETTINGS,
  SHUTDOWN_GRACE_S: integer(
    15,
    1,
    3600,
    'Seconds for requests and jobs to come to a safe point when the service is stopped.',
  ),
  SHUTDOWN_DRAIN_S: integer(
    0,
    0,
    600,
    'Seconds before that, after SIGTERM, in which the service serves on but says at /readyz that it leaves and closes each connection with its answer: as long as what stands before it takes to send requests elsewhere. Worker processes do not wait.',
  ),
  BUILD_INFO_FILE: text(
    '/etc/whisper-build.info',
    'File with BUILD_VERSION, BUILD_SHA and BUILD_DATE, which the build of the image writes; /version tells them. The entrypoint of the image does not start without it.',
  ),
  METRICS_TOKEN: optionalText('When set, /metrics/ wants it as "Authorization: Bearer TOKEN".', {
    secret: true,
  }),
  ADMIN_METRICS_TOKEN: optionalText(
    'Opens /admin/uploads/metrics, which wants it as "X-Admin-Token: TOKEN". Empty: nobody gets those figures.',
    { secret: true },
  ),
  LOG_LEVEL: choice(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    'info',
    'Least severe entries that are logged.',
  ),
  LOG_FORMAT: choice(
    ['auto', 'json', 'pretty'],
    'auto',
    'json: one object a line; pretty: for people; auto: pretty on a terminal outside production, else json.',
  ),
  ...TRACING_SETTINGS,
} as const satisfies Record<string, Setting<unknown>>;

type Values = {
  readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};
export type SettingValues = Values;
export type SettingName = keyof Values;

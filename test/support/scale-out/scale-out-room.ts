import pg from 'pg';
import { becomeAdministrator, bearer, BOOTSTRAP_PASSWORD, createApiKey } from '../accounts.js';
import { NO_RATE_LIMITS } from '../rate-limits.js';
import { startObjectStore, type ObjectStore } from '../object-store.js';
import { startRedis, type RedisServer } from '../redis-server.js';
import { sampleKey } from '../sample-key.js';
import { startService, type RunningService } from '../start-service.js';
import { RestartablePostgres } from '../storm/restartable-postgres.js';
import { TcpProxy } from '../tcp-proxy.js';
import { waitFor } from '../wait-for.js';
import { NginxProxy } from './nginx-proxy.js';

const APIS = ['one API', 'the other API'] as const;
const WORKERS = ['one worker', 'another worker', 'the third worker'] as const;
export const MEMBERS = [...APIS, ...WORKERS] as const;
export type Member = (typeof MEMBERS)[number];

export type Variables = Readonly<Record<string, string>>;

/** As the chart has it. */
const DRAIN_SECONDS = '5';
const START_LIMIT_MS = 90_000;

/**
 * The service as an installation has it that has outgrown one machine, on one machine: two API processes behind nginx, three workers,
 * Redis, PostgreSQL and an S3 store. No two processes share a folder.
 */
export class ScaleOutRoom {
  private readonly members = new Map<Member, RunningService>();
  private credentials: Variables = {};

  private constructor(
    readonly postgres: RestartablePostgres,
    readonly redis: RedisServer,
    private readonly objects: ObjectStore,
    /** Between the processes and the store. */
    readonly wayToStore: TcpProxy,
    private readonly env: Variables,
    private proxy: NginxProxy | undefined,
  ) {}

  static async open(env: Variables = {}): Promise<ScaleOutRoom> {
    const [postgres, redis, objects] = await Promise.all([
      RestartablePostgres.open(),
      startRedis({ keep: true }),
      startObjectStore(),
    ]);
    const way = new TcpProxy({ host: '127.0.0.1', port: objects.port });
    await way.open();
    const room = new ScaleOutRoom(postgres, redis, objects, way, env, undefined);
    try {
      await room.startAll();
    } catch (error) {
      await room.close();
      throw error;
    }
    return room;
  }

  /** Where clients go. */
  get url(): string {
    return this.proxy?.url ?? '';
  }

  /** Of the API processes themselves. */
  get apiUrls(): readonly string[] {
    return APIS.map((name) => this.member(name).url);
  }

  /** Headers of the user who orders. */
  get user(): Variables {
    return this.credentials;
  }

  /** What nginx complained about. */
  async complaints(): Promise<string> {
    return (await this.proxy?.log()) ?? '';
  }

  member(name: Member): RunningService {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`${name} does not run`);
    return member;
  }

  /** As the machine does that runs out of memory: it comes back by itself. */
  async kill(name: Member): Promise<void> {
    await this.member(name).kill();
    await this.start(name);
    if (isApi(name)) await this.proxy?.point(this.apiUrls);
  }

  /**
   * Puts a new process in the place of one, as a rolling upgrade does: SIGTERM; no more requests to it once it calls itself not ready; the
   * new one gets requests when it is ready.
   *
   * @returns the exit code of the old one
   */
  async roll(name: Member): Promise<number | null> {
    const old = this.member(name);
    const stopped = old.stop();
    if (isApi(name)) {
      await waitFor(async () => (await readinessOf(old)) === 503, { what: 'the end of its readiness' });
      await this.proxy?.point(this.apiUrls.filter((url) => url !== old.url));
    }
    const code = await stopped;
    await this.start(name);
    await this.untilReady(name);
    if (isApi(name)) await this.proxy?.point(this.apiUrls);
    return code;
  }

  /** Somebody who has read, and does not come to an end until the connection does. */
  async openTransaction(sql: string): Promise<pg.Client> {
    const connection = await this.connect();
    await connection.query('begin');
    await connection.query(sql);
    return connection;
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const connection = await this.connect();
    try {
      return (await connection.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await connection.end();
    }
  }

  async close(): Promise<void> {
    await this.proxy?.close();
    await Promise.all([...this.members.values()].map((member) => member.stop()));
    await this.wayToStore.cut();
    await Promise.all([this.objects.stop(), this.redis.stop(), this.postgres.close()]);
  }

  private async connect(): Promise<pg.Client> {
    const connection = new pg.Client({ connectionString: this.postgres.url });
    await connection.connect();
    return connection;
  }

  private async startAll(): Promise<void> {
    await Promise.all(MEMBERS.map((name) => this.start(name)));
    await Promise.all(MEMBERS.map((name) => this.untilReady(name)));
    this.proxy = await NginxProxy.open(this.apiUrls);
    const { access_token: token } = await becomeAdministrator(this.url);
    const { key } = await createApiKey(this.url, ['transcribe', 'read', 'manage'], bearer(token));
    this.credentials = bearer(key);
  }

  private async start(name: Member): Promise<void> {
    const program = isApi(name) ? 'service' : 'worker';
    this.members.set(name, await startService({ program, env: this.settings(), ready: false }));
  }

  private async untilReady(name: Member): Promise<void> {
    const isReady = async (): Promise<boolean> => (await readinessOf(this.member(name))) === 200;
    await waitFor(isReady, { what: `${name} to be ready`, limitMs: START_LIMIT_MS });
  }

  private settings(): Variables {
    return {
      ...NO_RATE_LIMITS,
      NODE_ENV: 'production',
      TRUST_PROXY: '1',
      SECRET_KEY: sampleKey('SECRET_KEY'),
      JWT_SECRET_KEY: sampleKey('JWT_SECRET_KEY'),
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
      DATABASE_URL: this.postgres.url,
      REDIS_URL: this.redis.url,
      REDIS_PASSWORD: this.redis.password,
      ...this.objects.settings,
      S3_ENDPOINT: `http://127.0.0.1:${this.wayToStore.port}`,
      WORKER_EMBEDDED: 'false',
      WORKER_THREADS: '1',
      MAX_ACTIVE_JOBS_PER_USER: '0',
      SHUTDOWN_DRAIN_S: DRAIN_SECONDS,
      ...this.env,
    };
  }
}

function isApi(name: Member): boolean {
  return APIS.some((api) => api === name);
}

/** What it answers to the probe; null: nothing. */
async function readinessOf({ url }: RunningService): Promise<number | null> {
  const response = await fetch(`${url}/readyz`).catch(() => null);
  await response?.body?.cancel();
  return response?.status ?? null;
}

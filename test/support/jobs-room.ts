import { register } from 'prom-client';
import type { MikroORM } from '@mikro-orm/postgresql';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { OwnersRegistry } from '../../src/modules/auth/access/owners.registry.js';
import { EmbeddedJobQueue } from '../../src/modules/jobs/adapters/embedded.job-queue.js';
import { InProcessProgressBus } from '../../src/modules/jobs/adapters/in-process.progress-bus.js';
import { ClaimsService } from '../../src/modules/jobs/claims.service.js';
import { DEFAULT_DECODING } from '../../src/modules/jobs/decoding-options.view.js';
import { JobMetrics } from '../../src/modules/jobs/figures/job.metrics.js';
import { QueueFiguresRepository } from '../../src/modules/jobs/figures/queue-figures.repository.js';
import { QueueFiguresService } from '../../src/modules/jobs/figures/queue-figures.service.js';
import { JobEventsRepository } from '../../src/modules/jobs/history/job-events.repository.js';
import { JobOrdersService } from '../../src/modules/jobs/job-orders.service.js';
import type { JobListRequest } from '../../src/modules/jobs/lists/job-list.view.js';
import { JobListsRepository } from '../../src/modules/jobs/lists/job-lists.repository.js';
import { JobListsService } from '../../src/modules/jobs/lists/job-lists.service.js';
import type { JobQueue } from '../../src/modules/jobs/job-queue.port.js';
import { JobResultRegistry, type JobResults } from '../../src/modules/jobs/job-result.registry.js';
import { JobTransitionsRepository } from '../../src/modules/jobs/job-transitions.repository.js';
import type { JobStatus } from '../../src/modules/jobs/job.machine.js';
import type { JobClaim, NewJob } from '../../src/modules/jobs/job.view.js';
import { JobsRepository } from '../../src/modules/jobs/jobs.repository.js';
import { JobsService } from '../../src/modules/jobs/jobs.service.js';
import { JobEventWritersRegistry } from '../../src/modules/jobs/outbox/job-event-writers.registry.js';
import { OutboxBell } from '../../src/modules/jobs/outbox/outbox-bell.js';
import { OutboxRelayService } from '../../src/modules/jobs/outbox/outbox-relay.service.js';
import type { ProgressBus } from '../../src/modules/jobs/progress-bus.port.js';
import { UsageService } from '../../src/modules/jobs/usage/usage.service.js';
import { WorkerIdentity } from '../../src/modules/jobs/workers/worker-identity.service.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { openAuditTrail } from './audit.js';
import type { TestDatabase } from './databases.js';
import { openOrm } from './orm.js';
import { openUsage } from './usage.js';

const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

/** The services of the jobs room in one process, as Nest would wire them. */
export interface JobsRoom {
  readonly jobs: JobsService;
  readonly lists: JobListsService;
  readonly orders: JobOrdersService;
  readonly claims: ClaimsService;
  readonly events: JobEventsRepository;
  readonly results: JobResultRegistry;
  readonly writers: JobEventWritersRegistry;
  readonly usage: UsageService;
  readonly bus: ProgressBus;
  readonly worker: WorkerIdentity;
  readonly queue: JobQueue;
  readonly repository: JobsRepository;
  /** Not started: nothing is told before `onApplicationBootstrap` was called. */
  readonly relay: OutboxRelayService;
}

/** For jobs that nothing comes of. */
export const NO_RESULTS: JobResults = {
  findText: () => Promise.resolve(null),
  deleteOf: () => Promise.resolve(),
  findTextAfter: () => Promise.resolve(null),
  whereText: () => ({ sql: 'false', values: [] }),
};

/** The newest ten of all. */
export const FIRST_PAGE: JobListRequest = {
  filter: {},
  sort: '-created_at',
  cursor: undefined,
  skip: 0,
  limit: 10,
};

/** What is not as in a process on its own, without Redis. */
export interface RoomParts {
  readonly openQueue?: (claims: ClaimsService) => JobQueue;
  readonly openBus?: (local: ProgressBus, processId: string) => ProgressBus;
}

export function openJobsRoom(
  orm: MikroORM,
  unitOfWork: UnitOfWork,
  environment: Readonly<Record<string, string>> = {},
  { openQueue = (claims) => new EmbeddedJobQueue(claims), openBus = (local) => local }: RoomParts = {},
): JobsRoom {
  const ids = new UuidV7Generator();
  const clock = new SystemClock();
  const config = loadAppConfig(environment, false);
  const repository = new JobsRepository(orm.em);
  const transitions = new JobTransitionsRepository(orm.em);
  const events = new JobEventsRepository(orm.em);
  const bell = new OutboxBell();
  const worker = new WorkerIdentity(ids);
  const bus = openBus(new InProcessProgressBus(), worker.id);
  const results = new JobResultRegistry();
  const writers = new JobEventWritersRegistry();
  const usage = openUsage(orm, unitOfWork, environment);
  const audit = openAuditTrail(orm, unitOfWork);
  // The registry belongs to the process; another room in it must find it empty.
  register.clear();
  const figures = new QueueFiguresService(new QueueFiguresRepository(orm.em), unitOfWork);
  const metrics = new JobMetrics(figures, clock);
  const claims = new ClaimsService(
    repository,
    transitions,
    events,
    usage,
    unitOfWork,
    bus,
    config,
    worker,
    bell,
    metrics,
  );
  const owners = new OwnersRegistry();
  const jobs = new JobsService(
    repository,
    usage,
    unitOfWork,
    transitions,
    events,
    bell,
    bus,
    ids,
    clock,
    owners,
  );
  const lists = new JobListsService(new JobListsRepository(orm.em), repository, results, unitOfWork);
  const queue = openQueue(claims);
  const relay = new OutboxRelayService(events, repository, writers, unitOfWork, bell, queue, bus);
  const orders = new JobOrdersService(
    jobs,
    repository,
    transitions,
    events,
    relay,
    results,
    usage,
    audit,
    unitOfWork,
    bell,
  );
  return {
    jobs,
    lists,
    orders,
    claims,
    events,
    results,
    writers,
    usage,
    bus,
    worker,
    queue,
    repository,
    relay,
  };
}

/** An order for one minute of audio, as a request would give it. */
export function aNewJob(order: Pick<NewJob, 'mediaFileId'> & Partial<NewJob>): NewJob {
  return {
    originalFilename: 'talk.wav',
    model: 'base',
    modelRevision: null,
    batchId: null,
    priority: 'normal',
    language: null,
    track: null,
    decoding: DEFAULT_DECODING,
    voices: null,
    durationSeconds: 60,
    callbackUrl: null,
    ...order,
  };
}

/** The jobs room on a database, with one recording that jobs are ordered of. */
export class JobsOnDatabase {
  readonly unitOfWork: UnitOfWork;
  readonly room: JobsRoom;

  private constructor(
    readonly orm: MikroORM,
    private readonly database: TestDatabase,
    environment: Readonly<Record<string, string>>,
    parts: RoomParts,
  ) {
    this.unitOfWork = new UnitOfWork(orm);
    this.room = openJobsRoom(orm, this.unitOfWork, environment, parts);
  }

  /** @param database is migrated, and closed with the room */
  static async open(
    database: TestDatabase,
    environment: Readonly<Record<string, string>> = {},
    parts: RoomParts = {},
  ): Promise<JobsOnDatabase> {
    await migrateUnderLock(database.url);
    return new JobsOnDatabase(await openOrm(database.url), database, environment, parts);
  }

  execute<T = unknown>(sql: string): Promise<T> {
    return this.orm.em.fork().execute(sql) as Promise<T>;
  }

  /** Without jobs, and with the recording. */
  async startOver(ownerId = LOCAL_USER_ID): Promise<void> {
    await this.execute('truncate media_files cascade');
    await this.execute(
      `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${ownerId}')`,
    );
  }

  async addJob(principal = LOCAL_PRINCIPAL, order: Partial<NewJob> = {}): Promise<string> {
    const complete = aNewJob({ mediaFileId: MEDIA_FILE_ID, ...order });
    return (await this.unitOfWork.run(() => this.room.jobs.create(principal, complete))).id;
  }

  async addJobs(count: number, principal = LOCAL_PRINCIPAL): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) ids.push(await this.addJob(principal));
    return ids;
  }

  async claim(): Promise<JobClaim> {
    const claimed = await this.room.claims.claimNext();
    if (claimed === null) throw new Error('There is no job to take');
    return claimed;
  }

  async statusOf(id: string, principal = LOCAL_PRINCIPAL): Promise<JobStatus> {
    return (await this.room.jobs.get(principal, id)).status;
  }

  async close(): Promise<void> {
    await this.orm.close();
    await this.database.close();
  }
}

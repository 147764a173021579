import { register } from 'prom-client';
import type { MikroORM } from '@mikro-orm/postgresql';
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
import type { NewJob } from '../../src/modules/jobs/job.view.js';
import { JobsRepository } from '../../src/modules/jobs/jobs.repository.js';
import { JobsService } from '../../src/modules/jobs/jobs.service.js';
import { JobEventWritersRegistry } from '../../src/modules/jobs/outbox/job-event-writers.registry.js';
import { OutboxBell } from '../../src/modules/jobs/outbox/outbox-bell.js';
import { OutboxRelayService } from '../../src/modules/jobs/outbox/outbox-relay.service.js';
import type { ProgressBus } from '../../src/modules/jobs/progress-bus.port.js';
import { UsageService } from '../../src/modules/jobs/usage/usage.service.js';
import { WorkerIdentity } from '../../src/modules/jobs/workers/worker-identity.service.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { openAuditTrail } from './audit.js';
import { openUsage } from './usage.js';

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
  findContaining: () => Promise.resolve([]),
};

/** The newest ten of all. */
export const FIRST_PAGE: JobListRequest = {
  filter: {},
  sort: '-created_at',
  cursor: undefined,
  skip: 0,
  limit: 10,
};

export function openJobsRoom(
  orm: MikroORM,
  unitOfWork: UnitOfWork,
  environment: Readonly<Record<string, string>> = {},
  openQueue: (claims: ClaimsService) => JobQueue = (claims) => new EmbeddedJobQueue(claims),
): JobsRoom {
  const ids = new UuidV7Generator();
  const clock = new SystemClock();
  const config = loadAppConfig(environment, false);
  const repository = new JobsRepository(orm.em);
  const transitions = new JobTransitionsRepository(orm.em);
  const events = new JobEventsRepository(orm.em);
  const bus = new InProcessProgressBus();
  const bell = new OutboxBell();
  const worker = new WorkerIdentity(ids);
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
    ids,
    worker,
    bell,
    metrics,
  );
  const jobs = new JobsService(repository, usage, unitOfWork, transitions, events, bell, bus, ids, clock);
  const orders = new JobOrdersService(jobs, repository, transitions, results, usage, audit, unitOfWork, bell);
  const lists = new JobListsService(new JobListsRepository(orm.em), results, unitOfWork);
  const queue = openQueue(claims);
  const relay = new OutboxRelayService(events, repository, writers, unitOfWork, bell, queue, bus);
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
    durationSeconds: 60,
    callbackUrl: null,
    ...order,
  };
}

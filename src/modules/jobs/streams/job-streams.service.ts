import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { GatheredReads } from '../../../platform/database/gathered-reads.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import type { EventsPosition, JobEventView, PlacedJobEvent } from '../history/job-event.view.js';
import { JobEventsRepository, type LaterOwnEvents } from '../history/job-events.repository.js';
import { JobResultRegistry } from '../job-result.registry.js';
import type { JobTextPiece } from '../job-text.view.js';
import { isEnded } from '../job.machine.js';
import type { JobView } from '../job.view.js';
import { JobsService } from '../jobs.service.js';
import { NewsBell } from '../news-bell.js';
import { PROGRESS_BUS, type ProgressBus } from '../progress-bus.port.js';
import type { StreamNews, OwnJobsNews } from './job-news.view.js';
import { JobSights } from './job-sights.js';
import { OwnerSights } from './owner-sights.js';
import { QueuePositions } from './queue-positions.js';
import { STREAM_START, type StreamPosition } from './stream-position.js';

/** How often it finds out whether there is something new even when nobody rang, and how often it looks at the rows at most. */
const POLL_MS = 1000;
const REST_MS = 100;
const EVENTS_AT_ONCE = 200;

/** What there is to tell somebody who is at a position. */
interface Look {
  /** Null when it was deleted. */
  readonly job: JobView | null;
  readonly events: readonly JobEventView[];
  readonly piece: JobTextPiece | null;
  readonly queuePosition: number | null;
}

/**
 * Tells of jobs as they go on. All that is told is read from the rows, from where the client is: so it does not matter which process it
 * asks, what it missed, or how slow it is.
 */
@Injectable()
export class JobStreamsService {
  private readonly ownEvents: GatheredReads<LaterOwnEvents, PlacedJobEvent[]>;

  constructor(
    private readonly jobs: JobsService,
    private readonly events: JobEventsRepository,
    private readonly results: JobResultRegistry,
    private readonly positions: QueuePositions,
    private readonly sights: JobSights,
    private readonly ownerSights: OwnerSights,
    private readonly unitOfWork: UnitOfWork,
    @Inject(PROGRESS_BUS) private readonly bus: ProgressBus,
  ) {
    this.ownEvents = new GatheredReads(unitOfWork, (wanted) => events.listOfOwners(wanted, EVENTS_AT_ONCE));
  }

  /**
   * All that happens to a job until it has ended; null when its end was told before.
   *
   * @param after what the client has; null: nothing
   * @param signal ends the stream
   * @throws AppError job_not_found
   */
  async follow(
    principal: Principal,
    id: string,
    after: StreamPosition | null,
    signal: AbortSignal,
  ): Promise<AsyncIterable<StreamNews> | null> {
    const position = after ?? STREAM_START;
    const job = await this.jobs.get(principal, id);
    if (position.ended && isEnded(job.status)) {
      const events = await this.jobs.listHistoryAfter(job.id, position.lastEventId);
      if (events.length === 0) return null;
    }
    return this.tell(principal, job.id, { ...position, ended: false }, signal);
  }

  /**
   * Every change of the status of any job of somebody, and its deletion, from now on or from where they were.
   *
   * @param signal ends the stream
   */
  async followAll(
    principal: Principal,
    after: EventsPosition | null,
    signal: AbortSignal,
  ): Promise<AsyncIterable<OwnJobsNews>> {
    const end = await this.unitOfWork.read(() => this.events.findEnd());
    // What is beyond the end is of another database, as before a restore.
    const isKnown = after !== null && BigInt(after.transactionId) <= BigInt(end.transactionId);
    return this.tellAll(principal, isKnown ? after : end, signal);
  }

  private async *tell(
    principal: Principal,
    id: string,
    begin: StreamPosition,
    signal: AbortSignal,
  ): AsyncGenerator<StreamNews> {
    const bell = new NewsBell(this.bus, id, signal);
    let position = begin;
    let progress = '';
    let sight: string | null = null;
    try {
      while (!signal.aborted) {
        const lookedAt = performance.now();
        const look = await orNull(() => this.look(principal, id, position));
        for (const news of newsOf(look, id, position)) {
          position = news.position;
          if (news.kind !== 'progress') yield news;
          else if (progress !== (progress = asText(news))) yield news;
          if (news.kind === 'ended' || news.kind === 'deleted') return;
        }
        // More of the text may be there.
        if ((look?.piece ?? null) !== null) continue;
        const job = look?.job ?? null;
        sight = await untilNews(bell, async () => job && this.sights.find(job), sight, signal);
        await pause(REST_MS - (performance.now() - lookedAt), signal);
      }
    } finally {
      bell.close();
    }
  }

  private async *tellAll(
    principal: Principal,
    begin: EventsPosition,
    signal: AbortSignal,
  ): AsyncGenerator<OwnJobsNews> {
    const owner = ownedBy(principal);
    const bell = new NewsBell(this.bus, owner.ownerId, signal);
    let position = begin;
    let sight: number | null = null;
    try {
      yield { kind: 'begin', position };
      while (!signal.aborted) {
        const lookedAt = performance.now();
        const placed = await orNull(() => this.ownEvents.ask({ ...owner, ...position }));
        for (const news of placed ?? []) {
          position = news.position;
          yield news;
        }
        if (placed?.length === EVENTS_AT_ONCE) continue;
        sight = await untilNews(bell, () => this.ownerSights.find(owner.ownerId), sight, signal);
        await pause(REST_MS - (performance.now() - lookedAt), signal);
      }
    } finally {
      bell.close();
    }
  }

  /** The job first: what came before its end is there to be read afterwards. */
  private async look(principal: Principal, id: string, { lastEventId, text }: StreamPosition): Promise<Look> {
    const job = await this.jobs.find(principal, id);
    if (job === null) return { job, events: [], piece: null, queuePosition: null };
    const events = await this.jobs.listHistoryAfter(job.id, lastEventId);
    const piece = await this.results.get().findTextAfter({ jobId: job.id, ...text });
    return { job, events, piece, queuePosition: await this.positions.find(job) };
  }
}

/** In the order in which clients are to hear of it. */
function* newsOf(look: Look | null, jobId: string, begin: StreamPosition): Generator<StreamNews> {
  if (look === null) return;
  let position = begin;
  const { job, events, piece, queuePosition } = look;
  if (job === null) {
    yield { kind: 'deleted', jobId, position: { ...position, ended: true } };
    return;
  }
  for (const event of events) {
    position = { ...position, lastEventId: event.id };
    yield { kind: 'status', event, position };
  }
  if (piece !== null) {
    const segments = piece.from + piece.segments.length;
    position = { ...position, text: { version: piece.version, segments } };
    yield { kind: 'segments', piece, position };
  }
  // Where it was retried meanwhile, the end that was read is none.
  const status = events.at(-1)?.to ?? job.status;
  if (!isEnded(job.status)) yield { kind: 'progress', job, queuePosition, position };
  else if (piece === null && status === job.status)
    yield { kind: 'ended', job, position: { ...position, ended: true } };
}

function asText({ job, queuePosition }: Extract<StreamNews, { kind: 'progress' }>): string {
  const { stage, processedSeconds, speed, durationSeconds } = job;
  return JSON.stringify([stage, processedSeconds, speed, durationSeconds, queuePosition]);
}

/** While the database is away there are no news. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!isDatabaseOutage(error)) throw error;
    return null;
  }
}

/**
 * The first news are told at once, what follows in one go is told in one go.
 *
 * @param find what there is to see; null: nobody knows
 * @param seen before the last look
 * @returns what there was to see before the next one
 */
async function untilNews<T>(
  bell: NewsBell,
  find: () => Promise<T | null>,
  seen: T | null,
  signal: AbortSignal,
): Promise<T | null> {
  for (;;) {
    const rung = await bell.wait(POLL_MS);
    // Whoever is gone keeps no place for as long as the database takes.
    if (signal.aborted) return seen;
    const sight = await orNull(find);
    if (rung || sight === null || sight !== seen) return sight;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

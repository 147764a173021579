import type { Connection } from './connection.js';
import { EventStream } from './event-stream.js';
import type { JobHistoryEntry, JobProgress, JobSummary, Segment } from './generated/types.gen.js';
import { wait } from './patience.js';
import type { ServerEvent } from './server-events.js';
import { TranscriberError } from './transcriber-error.js';

const OPEN_AGAIN_MS = 1000;

interface Told<Type extends string> {
  readonly type: Type;
  /** Where to go on. */
  readonly id: string;
}

type StatusEvent = Told<'status'> & { readonly job_id: string } & JobHistoryEntry;
type DeletedEvent = Told<'deleted'> & { readonly job_id: string };

/** How far a job is. */
export type JobTelling = JobProgress & { readonly queue_position: number | null };

/** What happened to one of your jobs. */
export type JobEvent = StatusEvent | DeletedEvent;

/** What happens to a job until it has ended. */
export type FollowedJobEvent =
  | JobEvent
  | (Told<'progress'> & JobTelling)
  /** Text as it is finished; what was told from the number `from` on does not count any more. */
  | (Told<'segments'> & { readonly from: number; readonly segments: readonly Segment[] })
  | (Told<'completed' | 'failed' | 'cancelled'> & JobSummary);

export interface JobEventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** The `id` of the last event that you have; absent: what happens from now on, or all of the one job that is followed. */
  readonly lastEventId?: string | undefined;
  /** The stream is open: a list of jobs that is read from now on misses nothing. */
  readonly onOpen?: (() => void) | undefined;
  /** It broke off, or none is to be had. It is opened again after this, and a pause; where no proxy lets a stream pass, ask here. */
  readonly onLost?: (() => void | Promise<void>) | undefined;
}

const TYPES_OF_ALL: readonly string[] = ['status', 'deleted'] satisfies JobEvent['type'][];
const ENDS: readonly string[] = [
  'completed',
  'failed',
  'cancelled',
  'deleted',
] satisfies FollowedJobEvent['type'][];
const TYPES_OF_ONE: readonly string[] = [...ENDS, 'status', 'progress', 'segments'];

/** Goes on, without a gap, after whatever breaks the stream off. @throws TranscriberError for what does not pass */
export async function* readJobEvents(
  connection: Connection,
  options: JobEventsOptions,
): AsyncGenerator<JobEvent, never> {
  for (;;)
    for await (const event of readOn<JobEvent>(connection, '/jobs/events', options))
      if (TYPES_OF_ALL.includes(event.type)) yield event;
}

/** The same of one job, to its end. @throws TranscriberError for what does not pass */
export async function* readEventsOfJob(
  connection: Connection,
  jobId: string,
  options: JobEventsOptions,
): AsyncGenerator<FollowedJobEvent, void> {
  for await (const event of readOn<FollowedJobEvent>(connection, `/jobs/${jobId}/events`, options)) {
    if (TYPES_OF_ONE.includes(event.type)) yield event;
    if (ENDS.includes(event.type)) return;
  }
}

/** Until there is nothing more to come. A newer service may tell of more than `Event` says. */
async function* readOn<Event extends Told<string>>(
  connection: Connection,
  path: string,
  { signal, lastEventId, onOpen, onLost }: JobEventsOptions,
): AsyncGenerator<Event, void> {
  const stream = new EventStream(connection, path, lastEventId);
  const patience = connection.patience();
  while (!stream.hasEnded) {
    try {
      const events = stream.read(signal, () => {
        patience.renew();
        onOpen?.();
      });
      for await (const event of events) yield parseEvent(event) as Event;
      await onLost?.();
      await wait(OPEN_AGAIN_MS, signal);
    } catch (error) {
      if (!(error instanceof TranscriberError)) throw error;
      await onLost?.();
      await patience.afterFailure(error, signal);
    }
  }
}

function parseEvent({ event: type, id, data }: ServerEvent): Told<string> {
  return { ...(JSON.parse(data) as object), type, id };
}

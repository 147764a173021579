import type { Connection } from './connection.js';
import { EventStream } from './event-stream.js';
import type { JobHistoryEntry } from './generated/types.gen.js';
import { wait } from './patience.js';
import type { ServerEvent } from './server-events.js';
import { TranscriberError } from './transcriber-error.js';

const OPEN_AGAIN_MS = 1000;

/** What happened to one of your jobs. `id` is where to go on. */
export type JobEvent =
  | ({ readonly type: 'status'; readonly id: string; readonly job_id: string } & JobHistoryEntry)
  | { readonly type: 'deleted'; readonly id: string; readonly job_id: string };

export interface JobEventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** The `id` of the last event that you have; absent: what happens from now on. */
  readonly lastEventId?: string | undefined;
  /** The stream is open: a list of jobs that is read from now on misses nothing. */
  readonly onOpen?: (() => void) | undefined;
}

/** Goes on, without a gap, after whatever breaks the stream off. @throws TranscriberError for what does not pass */
export async function* readJobEvents(
  connection: Connection,
  { signal, lastEventId, onOpen }: JobEventsOptions,
): AsyncGenerator<JobEvent, never> {
  const stream = new EventStream(connection, '/jobs/events', lastEventId);
  const patience = connection.patience();
  for (;;) {
    try {
      const events = stream.read(signal, () => {
        patience.renew();
        onOpen?.();
      });
      for await (const event of events) yield* readEvent(event);
      await wait(OPEN_AGAIN_MS, signal);
    } catch (error) {
      if (!(error instanceof TranscriberError)) throw error;
      await patience.afterFailure(error, signal);
    }
  }
}

/** None for what a newer service tells. */
function* readEvent({ event: type, id, data }: ServerEvent): Generator<JobEvent> {
  if (type === 'status' || type === 'deleted')
    yield { ...(JSON.parse(data) as JobEvent), type, id } as JobEvent;
}

import type { Response } from 'express';
import { jitter } from '../runtime/jitter.js';
import { orNothing } from '../runtime/or-nothing.js';
import { sendStream } from './send-stream.js';

/** One event of a stream as https://html.spec.whatwg.org/multipage/server-sent-events.html has it. */
export interface ServerSentEvent {
  /** What a client that comes back says it has; visible ASCII. */
  readonly id: string;
  /** Undefined: only tells where the stream begins, which clients take no notice of. */
  readonly event?: string;
  readonly data?: unknown;
}

export interface EventStreamOptions {
  /** Trips when the service stops, so that clients are told to come back. */
  readonly stopping: AbortSignal;
}

/** A comment, which clients take no notice of. */
export const HEARTBEAT = ': the stream is open\n\n';
export const HEARTBEAT_MS = 15_000;
/** After which clients that lost the connection come back. */
const RETRY_MS = 2000;

/**
 * Answers with a stream of events until these end, no faster than the client takes them. Silence is filled with comments, so that neither
 * proxies nor time limits take the connection for dead.
 */
export async function sendEvents(
  events: AsyncIterable<ServerSentEvent>,
  response: Response,
  { stopping }: EventStreamOptions,
): Promise<void> {
  response.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  await sendStream(withHeartbeats(writeEvents(events, stopping), HEARTBEAT_MS), response);
}

async function* writeEvents(
  events: AsyncIterable<ServerSentEvent>,
  stopping: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const event of events) yield writeEvent(event);
  if (stopping.aborted) yield `retry: ${Math.round(jitter(RETRY_MS))}\n\n`;
}

/** JSON has no line ends that are not escaped. */
export function writeEvent({ id, event, data }: ServerSentEvent): string {
  if (event === undefined) return `id: ${id}\n\n`;
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The same texts, with the filler whenever there was none for this long. */
export async function* withHeartbeats(
  texts: AsyncIterable<string>,
  everyMs: number,
  filler = HEARTBEAT,
): AsyncGenerator<string> {
  const source = texts[Symbol.asyncIterator]();
  try {
    let next = source.next();
    for (;;) {
      const result = await orNothing(next, everyMs);
      if (result === null) {
        yield filler;
        continue;
      }
      if (result.done === true) return;
      yield result.value;
      next = source.next();
    }
  } finally {
    await source.return?.();
  }
}

import type { Response } from 'express';
import { orNothing } from '../runtime/or-nothing.js';
import { withHeartbeats } from './event-stream.js';
import { sendStream } from './send-stream.js';

export interface HeldAnswer {
  readonly contentType: string;
  /** As long as this nothing is sent, so that a failure can still be told by its status. */
  readonly holdMs: number;
  /** What clients do not mind between two texts, to keep proxies and time limits from taking the connection for dead; null: nothing. */
  readonly filler: string | null;
  /** After this long without a text it is sent. */
  readonly fillAfterMs: number;
}

/**
 * Answers 200 with these texts: in one piece when they end in time, else as they come.
 *
 * @throws what the texts fail with. Once something was sent the caller cannot but cut the connection.
 */
export async function sendHeld(
  texts: AsyncIterable<string>,
  response: Response,
  { contentType, holdMs, filler, fillAfterMs }: HeldAnswer,
): Promise<void> {
  const held = await hold(texts[Symbol.asyncIterator](), holdMs);
  response.status(200).set({ 'content-type': contentType, 'cache-control': 'no-store' });
  if (held.rest === null) {
    response.send(held.text);
    return;
  }
  response.set('x-accel-buffering', 'no');
  response.flushHeaders();
  const begun = startWith(held.text === '' ? (filler ?? '') : held.text, held.rest);
  await sendStream(filler === null ? begun : withHeartbeats(begun, fillAfterMs, filler), response);
}

interface Held {
  readonly text: string;
  /** What is still to come; null: nothing. */
  readonly rest: AsyncGenerator<string> | null;
}

async function hold(source: AsyncIterator<string>, holdMs: number): Promise<Held> {
  const end = performance.now() + holdMs;
  let text = '';
  for (;;) {
    const next = source.next();
    const result = await orNothing(next, Math.max(0, end - performance.now()));
    if (result === null) return { text, rest: goOn(next, source) };
    if (result.done === true) return { text, rest: null };
    text += result.value;
  }
}

async function* goOn(
  next: Promise<IteratorResult<string>>,
  source: AsyncIterator<string>,
): AsyncGenerator<string> {
  try {
    for (let result = await next; result.done !== true; result = await source.next()) yield result.value;
  } finally {
    await source.return?.();
  }
}

async function* startWith(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  yield* rest;
}

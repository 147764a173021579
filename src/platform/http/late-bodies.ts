import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { sendError } from './send-error.js';

/** So long nothing may come of a body that nobody reads, */
const LINGER_MS = 5000;
/** and so long it may take in all: clients that build it while they send it see the answer at its end only. */
const MOST_LINGER_MS = 60_000;

/** What is read as a whole, and before anybody is asked who they are. A file may take as long as it comes. */
const READ_AS_A_WHOLE = ['json', '+json', 'urlencoded'];

/** Holds no connection open for the rest of a body: not of one that has to be small, nor of one that was answered already. */
export function limitBodyTime(limitMs: number): RequestHandler {
  return (request, response, next) => {
    response.once('finish', () => {
      if (!request.complete) closeAfterUnread(request);
    });
    if (typeof request.is(READ_AS_A_WHOLE) === 'string') refuseWhenLate(request, response, limitMs);
    next();
  };
}

function refuseWhenLate(request: Request, response: Response, limitMs: number): void {
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) request.socket.destroy();
    else sendTimeout(request, response, limitMs);
  }, limitMs);
  timer.unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}

function sendTimeout(request: Request, response: Response, limitMs: number): void {
  const error = new AppError(
    'request_timeout',
    `The body was not there after ${Math.round(limitMs / 1000)} seconds.`,
  );
  // With it, nothing more is read of the request: its route must not run after this answer.
  response.set('connection', 'close');
  sendError(error, request, response);
}

/**
 * The answer went out before the request was read. Closing at once would make the client see a reset instead of the answer, reading on
 * to the end could take for ever: so the rest is thrown away while it comes, for a time, and then the connection is cut.
 */
function closeAfterUnread(request: Request): void {
  const cut = (): void => void request.socket.destroy();
  let seenBytes = request.socket.bytesRead;
  // What nobody has begun to read Node throws away by itself, so that there are no events of it.
  const looking = setInterval(() => {
    if (request.socket.bytesRead === seenBytes) cut();
    seenBytes = request.socket.bytesRead;
  }, LINGER_MS).unref();
  const most = setTimeout(cut, MOST_LINGER_MS).unref();
  request.once('close', () => {
    clearInterval(looking);
    clearTimeout(most);
  });
  request.resume();
}

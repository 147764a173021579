import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { IdGenerator } from '../runtime/id-generator.js';
import { inLogContext } from './log-context.js';

const HEADER = 'x-request-id';
/** What a caller's own id may look like; anything else could forge log lines or headers. */
const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** Gives each request its id before anything can refuse it: the router refuses paths that it cannot read before it asks the logger. */
export function nameRequests(ids: IdGenerator): RequestHandler {
  return (request, response, next) => {
    const id = assignRequestId(request, response, ids);
    request.id = id;
    inLogContext({ requestId: id, isRequest: true }, next);
  };
}

/** The caller's request id where it sent a sound one, else a new one; told back in the answer. */
function assignRequestId(request: IncomingMessage, response: ServerResponse, ids: IdGenerator): string {
  const sent = request.headers[HEADER];
  const id = typeof sent === 'string' && ACCEPTABLE.test(sent) ? sent : ids.next();
  response.setHeader(HEADER, id);
  return id;
}

/** The id that was assigned; null for what is not HTTP enough to have one. */
export function requestIdOf(request: IncomingMessage): string | null {
  return 'id' in request && typeof request.id === 'string' ? request.id : null;
}

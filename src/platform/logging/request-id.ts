import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IdGenerator } from '../runtime/id-generator.js';

const HEADER = 'x-request-id';
/** What a caller's own id may look like; anything else could forge log lines or headers. */
const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** The caller's request id where it sent a sound one, else a new one; told back in the answer. */
export function assignRequestId(
  request: IncomingMessage,
  response: ServerResponse,
  ids: IdGenerator,
): string {
  const sent = request.headers[HEADER];
  const id = typeof sent === 'string' && ACCEPTABLE.test(sent) ? sent : ids.next();
  response.setHeader(HEADER, id);
  return id;
}

/** The id that was assigned; null for a request that was not counted among those that are logged. */
export function requestIdOf(request: IncomingMessage): string | null {
  return 'id' in request && typeof request.id === 'string' ? request.id : null;
}

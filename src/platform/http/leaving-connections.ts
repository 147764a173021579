import type { RequestHandler } from 'express';
import type { Shutdown } from '../runtime/shutdown.js';

/**
 * While the service leaves, closes each connection with its answer: the next request then takes a new one, which leads to another process.
 * A connection that is kept would break under the request that comes in the moment of the end.
 */
export function closeWhenLeaving(shutdown: Shutdown): RequestHandler {
  return (_request, response, next) => {
    if (shutdown.leaving) response.set('connection', 'close');
    next();
  };
}

import type { Response } from 'express';

/** Trips when the client is gone, so that nobody goes on working for it. */
export function closeSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}

import type { Response } from 'express';

/** Tells when the client of a request that is not answered yet is gone, so that nobody goes on waiting for it. */
export function whenClientGone(response: Response): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    controller.abort();
  };
  // The event is over for one that hung up before.
  if (response.closed) onClose();
  else response.once('close', onClose);
  return controller.signal;
}

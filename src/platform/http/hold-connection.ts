import type { Request, Response } from 'express';

/** More than the wait itself, for the answer to be made and sent. */
const MARGIN_SECONDS = 30;

/**
 * Keeps the connection of a request open that is not answered for a while, and tells when its client is gone, so that nobody goes on
 * waiting for it. Afterwards the usual limit on silence holds again.
 */
export function holdConnection(request: Request, response: Response, seconds: number): AbortSignal {
  const { socket } = request;
  const usualLimit = socket.timeout ?? 0;
  socket.setTimeout((seconds + MARGIN_SECONDS) * 1000);
  const gone = whenClosed(response);
  const restore = (): void => {
    socket.setTimeout(usualLimit);
  };
  if (gone.aborted) restore();
  else gone.addEventListener('abort', restore);
  return gone;
}

/** Trips when the client is gone, or has its answer. */
export function whenClosed(response: Response): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    controller.abort();
  };
  // The event is over for one that hung up before.
  if (response.closed) onClose();
  else response.once('close', onClose);
  return controller.signal;
}

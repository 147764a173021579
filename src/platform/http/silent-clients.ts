import type { Socket } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';

/**
 * Decides what becomes of a connection on which nothing happens for the time limit of the server: it is closed where that is the client's
 * fault, and kept while the service itself is at work, however long that takes.
 */
export function closeSilentClients(): RequestHandler {
  return (request, response, next) => {
    // With a listener, Node itself closes nothing.
    response.on('timeout', (socket: Socket) => {
      if (isOurTurn(request, response, socket)) socket.setTimeout(socket.timeout ?? 0);
      else socket.destroy();
    });
    next();
  };
}

/** An answer is being made, or bytes of the request wait for the service, or none of the answer waits for the client. */
function isOurTurn(request: Request, response: Response, socket: Socket): boolean {
  if (response.headersSent) return socket.writableLength === 0;
  return request.complete || request.readableLength > 0;
}

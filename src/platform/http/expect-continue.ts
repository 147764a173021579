import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** What the multipart envelope and the option fields may add to a file. */
export const MULTIPART_OVERHEAD_BYTES = 64 * 1024;

/**
 * A client that asks first ("Expect: 100-continue", as curl does for large bodies) is only told to go on when its body can be
 * accepted. Otherwise the route answers that it is too large, before a byte of it was sent.
 *
 * @param maxBytesAt how many bytes the files of a form may have in all that is sent to a path
 */
export function refuseOversizedBeforeContinue(server: Server, maxBytesAt: (path: string) => number): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (!isOversized(request, maxBytesAt(path))) response.writeContinue();
    server.emit('request', request, response);
  });
}

/**
 * At least so much of an announced form are its files; null where the client does not say.
 *
 * @param otherBytes what else may be in the form
 */
export function announcedFileBytes(
  request: IncomingMessage,
  otherBytes = MULTIPART_OVERHEAD_BYTES,
): number | null {
  const length = request.headers['content-length'];
  return length === undefined ? null : Math.max(0, Number(length) - otherBytes);
}

/** Whether the announced length cannot be that of a form with acceptable files, which have so many bytes at most. */
export function isOversized(request: IncomingMessage, maxFileBytes: number, otherBytes?: number): boolean {
  return (announcedFileBytes(request, otherBytes) ?? 0) > maxFileBytes;
}

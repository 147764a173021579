import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { fileTooLarge } from '../../../../platform/errors/file-too-large.js';
import { brokenOff } from './tus-errors.js';

/** Of requests that bring bytes. */
export const MEDIA_TYPE = 'application/offset+octet-stream';

/**
 * Reads the bytes of a request for what they are, and keeps nothing of them.
 *
 * @returns SHA-256, hex; null where the request brings none
 * @throws AppError file_too_large, malformed_request when it breaks off
 */
export async function hashBytes(request: Request, maxBytes: number): Promise<string | null> {
  if (request.get('content-type') !== MEDIA_TYPE) return null;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const bytes of arriving(request)) {
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw fileTooLarge(maxBytes);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

async function* arriving(request: Request): AsyncGenerator<Buffer> {
  try {
    yield* request as AsyncIterable<Buffer>;
  } catch (cause) {
    throw brokenOff(cause);
  }
}

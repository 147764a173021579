import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../runtime/system-calls.js';

const CLIENT_GONE = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

/**
 * Sends texts or bytes as they come, no faster than the client takes them. A client that goes away ends it, which is no error of ours; anything
 * else that breaks it off is thrown, and the connection is cut.
 */
export async function sendStream(
  pieces: AsyncIterable<string | Uint8Array>,
  response: Writable,
): Promise<void> {
  try {
    await pipeline(pieces, response);
  } catch (error) {
    if (!CLIENT_GONE.has(codeOf(error))) throw error;
  }
}

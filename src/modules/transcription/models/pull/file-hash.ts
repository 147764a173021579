import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { HubFile } from '../hub/hub-listing.js';

const READ_BYTES = 1 << 20;

/**
 * Reads the file from its first byte to its last and holds it against what the hub says of it.
 *
 * @returns its sha256 when it is the file of the hub, else null
 */
export async function verifyFile(path: string, file: HubFile, signal: AbortSignal): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found?.size !== file.sizeBytes) return null;
  const sha256 = createHash('sha256');
  const gitBlob = createHash('sha1').update(`blob ${file.sizeBytes}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, signal })) {
    sha256.update(chunk as Buffer);
    if (file.hash.algorithm === 'git-blob') gitBlob.update(chunk as Buffer);
  }
  const content = sha256.digest('hex');
  const actual = file.hash.algorithm === 'sha256' ? content : gitBlob.digest('hex');
  return actual === file.hash.hex ? content : null;
}

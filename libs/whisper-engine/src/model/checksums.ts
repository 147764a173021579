import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../errors.js';

export const CHECKSUM_LIST = 'SHA256SUMS';
const LINE = /^([0-9a-f]{64}) [ *](.+)$/;

/**
 * Holds the files of a folder against its `SHA256SUMS` (the format of sha256sum).
 * @param required names, relative to the folder, that the list has to have
 * @throws EngineError `model_invalid` for a missing list, line or file, `model_checksum_mismatch` for one that differs
 */
export async function verifyChecksums(folder: string, required: readonly string[]): Promise<void> {
  const sums = parseList(await readList(folder));
  for (const name of required) {
    if (!sums.has(name)) throw new EngineError('model_invalid', `${CHECKSUM_LIST} does not list ${name}`);
  }
  for (const [name, expected] of sums) {
    if ((await sha256(folder, name)) !== expected) {
      throw new EngineError(
        'model_checksum_mismatch',
        `${name} differs from its checksum in ${CHECKSUM_LIST}`,
      );
    }
  }
}

/** The same where the folder has such a list; one without is taken as it is. */
export async function verifyChecksumsIfAny(folder: string, required: readonly string[]): Promise<void> {
  if (existsSync(join(folder, CHECKSUM_LIST))) await verifyChecksums(folder, required);
}

async function readList(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, CHECKSUM_LIST), 'utf8');
  } catch (cause) {
    throw new EngineError('model_invalid', `${CHECKSUM_LIST} of the model cannot be read`, { cause });
  }
}

function parseList(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split('\n').filter((content) => content !== '')) {
    const [, sum, name] = LINE.exec(line.trimEnd()) ?? [];
    if (sum === undefined || name === undefined || name.startsWith('/') || name.split('/').includes('..')) {
      throw new EngineError('model_invalid', `${CHECKSUM_LIST} has a line that is not a checksum and a name`);
    }
    sums.set(name, sum);
  }
  return sums;
}

async function sha256(folder: string, name: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(join(folder, name), { highWaterMark: 1 << 20 }), hash);
  } catch (cause) {
    throw new EngineError('model_invalid', `${name} of the model cannot be read`, { cause });
  }
  return hash.digest('hex');
}

import { createHash } from 'node:crypto';

/** A key that looks like a random one and is the same each time. */
export function sampleKey(name: string): string {
  return createHash('sha512').update(name).digest('hex');
}

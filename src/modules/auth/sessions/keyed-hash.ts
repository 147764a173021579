import { createHmac } from 'node:crypto';

/** HMAC-SHA256 in hex, under the key that is in use. */
export function keyedHash(keys: readonly string[], text: string): string {
  const [hash] = keyedHashes(keys, text);
  if (hash === undefined) throw new Error('There is no SECRET_KEY');
  return hash;
}

/** Likewise, also under the key that is accepted besides: by any of these a row may have been written. */
export function keyedHashes(keys: readonly string[], text: string): string[] {
  return keys.map((key) => createHmac('sha256', key).update(text).digest('hex'));
}

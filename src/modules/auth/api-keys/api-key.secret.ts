import { createHash, randomBytes } from 'node:crypto';

const FORMAT = /^wt_[\w-]{43}$/;
const RANDOM_BYTES = 32;
/** Of the key, "wt_" included; what is left is still far too much to guess. */
const PREFIX_LENGTH = 11;

export function generateApiKey(): string {
  return `wt_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

export function isApiKey(text: string): boolean {
  return FORMAT.test(text);
}

export function prefixOf(key: string): string {
  return key.slice(0, PREFIX_LENGTH);
}

/** SHA-256 in hex. Keys are 256 random bits: there is nothing to try out that a slow hash would hinder. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

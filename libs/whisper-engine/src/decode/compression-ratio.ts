import { deflateSync } from 'node:zlib';

/** UTF-8 bytes of a text over its deflated size; a text that repeats itself is above 2.4. 0 for an empty text. */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}

import { createHash } from 'node:crypto';

/**
 * Tells a place in a list.
 *
 * @param asked all that decides what is in the list, and in which order
 */
export function writeListCursor(place: readonly unknown[], asked: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([...place, digestOf(asked)])).toString('base64url');
}

/** The place, which whoever sent it may have made up; null for what is no cursor, or one of another list. */
export function readListCursor(cursor: string, asked: readonly unknown[]): readonly unknown[] | null {
  const parts = parse(cursor);
  return Array.isArray(parts) && parts.at(-1) === digestOf(asked) ? parts.slice(0, -1) : null;
}

function digestOf(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

import { createHash } from 'node:crypto';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { SearchPlace, SearchRequest } from './search.view.js';

type Search = Pick<SearchRequest, 'query' | 'filter'>;

/** Tells the place of the last hit of a page, for the search that it is of. */
export function writeSearchCursor({ rank, id }: SearchPlace, search: Search): string {
  return Buffer.from(JSON.stringify([rank, id, digestOf(search)])).toString('base64url');
}

/** Null for what is no cursor, or one of another search. */
export function readSearchCursor(cursor: string, search: Search): SearchPlace | null {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [rank, id, digest] = parts as unknown[];
  if (typeof rank !== 'number' || typeof id !== 'string' || digest !== digestOf(search)) return null;
  return isUuid(id) ? { rank, id } : null;
}

function digestOf({ query, filter }: Search): string {
  const { language, model, createdAfter, createdBefore } = filter;
  const asked = [query, language, model, createdAfter, createdBefore];
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

import { readListCursor, writeListCursor } from '../../../platform/database/list-cursor.js';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { SearchPlace, SearchRequest } from './search.view.js';

type Search = Pick<SearchRequest, 'query' | 'filter'>;

/** Tells the place of the last hit of a page, for the search that it is of. */
export function writeSearchCursor({ rank, id }: SearchPlace, search: Search): string {
  return writeListCursor([rank, id], askedBy(search));
}

/** Null for what is no cursor, or one of another search. */
export function readSearchCursor(cursor: string, search: Search): SearchPlace | null {
  const place = readListCursor(cursor, askedBy(search));
  if (place?.length !== 2) return null;
  const [rank, id] = place;
  return typeof rank === 'number' && typeof id === 'string' && isUuid(id) ? { rank, id } : null;
}

function askedBy({ query, filter }: Search): readonly unknown[] {
  const { language, model, createdAfter, createdBefore } = filter;
  return [query, language, model, createdAfter, createdBefore];
}

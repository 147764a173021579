import { readListCursor, writeListCursor } from '../../../platform/database/list-cursor.js';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { JobFilter, JobPlace, JobSort } from './job-list.view.js';

/** What the keys of places look like, as the database writes and reads them. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const SECONDS = /^\d{1,12}(?:\.\d{1,17})?(?:e[+-]\d{1,2})?$/;

/** Tells the place of the last job of a page, for the list that it is of. */
export function writeCursor({ key, id }: JobPlace, sort: JobSort, filter: JobFilter): string {
  return writeListCursor([key, id], askedBy(sort, filter));
}

/** Null for what is no cursor, or one of another list. */
export function readCursor(cursor: string, sort: JobSort, filter: JobFilter): JobPlace | null {
  const place = readListCursor(cursor, askedBy(sort, filter));
  if (place?.length !== 2) return null;
  const [key, id] = place;
  if (typeof key !== 'string' || typeof id !== 'string') return null;
  const isKey = (sort.endsWith('created_at') ? TIME : SECONDS).test(key);
  return isKey && isUuid(id) && isTime(key, sort) ? { key, id } : null;
}

function isTime(key: string, sort: JobSort): boolean {
  return !sort.endsWith('created_at') || !Number.isNaN(Date.parse(key));
}

function askedBy(sort: JobSort, filter: JobFilter): readonly unknown[] {
  const { statuses, model, language, createdAfter, createdBefore, batchId, text } = filter;
  const { ownerId, errorCode } = filter;
  return [
    sort,
    statuses?.toSorted(),
    model,
    language,
    createdAfter,
    createdBefore,
    batchId,
    text,
    ownerId,
    errorCode,
  ];
}

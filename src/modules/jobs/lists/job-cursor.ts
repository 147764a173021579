import { createHash } from 'node:crypto';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { JobFilter, JobPlace, JobSort } from './job-list.view.js';

/** What the keys of places look like, as the database writes and reads them. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const SECONDS = /^\d{1,12}(?:\.\d{1,17})?(?:e[+-]\d{1,2})?$/;

/** Tells the place of the last job of a page, for the list that it is of. */
export function writeCursor({ key, id }: JobPlace, sort: JobSort, filter: JobFilter): string {
  return Buffer.from(JSON.stringify([key, id, digestOf(sort, filter)])).toString('base64url');
}

/** Null for what is no cursor, or one of another list. */
export function readCursor(cursor: string, sort: JobSort, filter: JobFilter): JobPlace | null {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [key, id, digest] = parts as unknown[];
  if (typeof key !== 'string' || typeof id !== 'string' || digest !== digestOf(sort, filter)) return null;
  const isKey = (sort.endsWith('created_at') ? TIME : SECONDS).test(key);
  return isKey && isUuid(id) && isTime(key, sort) ? { key, id } : null;
}

function isTime(key: string, sort: JobSort): boolean {
  return !sort.endsWith('created_at') || !Number.isNaN(Date.parse(key));
}

function digestOf(sort: JobSort, filter: JobFilter): string {
  const { statuses, model, language, createdAfter, createdBefore, batchId, text } = filter;
  const { ownerId, errorCode } = filter;
  const asked = [
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
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

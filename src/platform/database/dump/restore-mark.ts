import type { Client } from 'pg';
import { hasTable } from './has-table.js';

/** A table that is there from the first to the last moment of a restore: no service starts on such a database. */
const MARK = 'unfinished_restore';

export const CREATE_RESTORE_MARK = `create table if not exists ${MARK} (begun_at timestamptz not null default now())`;
export const DROP_RESTORE_MARK = `drop table ${MARK}`;

export function isMarkedAsUnfinished(client: Client): Promise<boolean> {
  return hasTable(client, MARK);
}

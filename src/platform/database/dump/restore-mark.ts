import type { Client } from 'pg';

/** A table that is there from the first to the last moment of a restore: no service starts on such a database. */
const MARK = 'unfinished_restore';

export const CREATE_RESTORE_MARK = `create table if not exists ${MARK} (begun_at timestamptz not null default now())`;
export const DROP_RESTORE_MARK = `drop table ${MARK}`;

export async function isMarkedAsUnfinished(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    MARK,
  ]);
  return rows[0]?.found === true;
}

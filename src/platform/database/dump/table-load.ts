import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { quoted, type DumpedSequence, type DumpedTable } from './table-dump.js';

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/**
 * Runs `load`, which fills tables in any order, without the references between them, and makes these again, which proves that all rows
 * that are named are there. It is a part of the transaction that is open.
 */
export async function withoutForeignKeys(client: Client, load: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<ForeignKey>(
    `select conrelid::regclass::text as table, conname::text as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of rows)
    await client.query(`alter table ${table} drop constraint ${quoted(name)}`);
  await load();
  for (const { table, name, definition } of rows)
    await client.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`);
}

/** Removes what the migrations themselves have written. Tables that refuse that are empty. */
export async function emptyTable(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{ filled: boolean }>(
    `select exists (select from ${quoted(table)}) as filled`,
  );
  if (rows[0]?.filled === true) await client.query(`delete from ${quoted(table)}`);
}

/** @returns how many rows that were */
export async function copyIn(
  client: Client,
  { name, columns }: DumpedTable,
  rows: Readable,
): Promise<number> {
  const list = columns.map(quoted).join(', ');
  const copying = client.query(copyFrom(`copy ${quoted(name)} (${list}) from stdin`));
  await pipeline(rows, copying);
  return copying.rowCount;
}

export async function setSequence(client: Client, { name, lastValue }: DumpedSequence): Promise<void> {
  if (lastValue !== null)
    await client.query('select setval($1::regclass, $2::bigint)', [quoted(name), lastValue]);
}

import type { Readable } from 'node:stream';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';

export interface DumpedTable {
  readonly name: string;
  /** Without those that are generated from others. */
  readonly columns: readonly string[];
}

export interface DumpedSequence {
  readonly name: string;
  /** Null: never used. As text, since it may be larger than a number can be. */
  readonly lastValue: string | null;
}

/** Written by the migrations themselves. */
const OWN_BOOKS = 'schema_migrations';

/**
 * From here to the end of the transaction everything is read as it was at this moment. It writes nothing and holds up nobody.
 */
export async function beginSnapshot(client: Client): Promise<void> {
  await client.query('begin isolation level repeatable read read only');
}

export async function listMigrations(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`select name from ${OWN_BOOKS} order by id`);
  return rows.map(({ name }) => name);
}

export async function listTables(client: Client): Promise<DumpedTable[]> {
  const { rows } = await client.query<DumpedTable>(
    `select c.relname::text as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> $1
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.relname order by c.relname`,
    [OWN_BOOKS],
  );
  return rows;
}

export async function listSequences(client: Client): Promise<DumpedSequence[]> {
  const { rows } = await client.query<DumpedSequence>(
    `select sequencename::text as name, last_value::text as "lastValue" from pg_sequences
     where schemaname = current_schema() and sequencename not like $1 order by sequencename`,
    [`${OWN_BOOKS}%`],
  );
  return rows;
}

/** All rows, in PostgreSQL's own text form, which every version reads. */
export function copyOut(client: Client, { name, columns }: DumpedTable): Readable & { rowCount: number } {
  const list = columns.map(quoted).join(', ');
  return client.query(copyTo(`copy ${quoted(name)} (${list}) to stdout`));
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

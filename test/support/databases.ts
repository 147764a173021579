import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 } from 'uuid';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';

export interface TestDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** The two kinds of databases that the service runs on; what is true of one must be true of the other. */
export const DATABASES = [
  ['the embedded database', openEmbedded],
  ['a PostgreSQL server', openOnServer],
] as const;

/** A database of its own, as a service without settings has it. */
export async function openEmbedded(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'database-'));
  const server = await EmbeddedPostgres.start({ dataDir });
  return {
    url: server.url,
    close: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A database of its own on the server that `npm test` starts. */
export async function openOnServer(): Promise<TestDatabase> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  if (serverUrl === undefined)
    throw new Error('TEST_DATABASE_URL must name a PostgreSQL server; npm test starts one');
  const name = `test_${v7().replaceAll('-', '')}`;
  await executeSql(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => executeSql(serverUrl, `drop database ${name} with (force)`) };
}

export async function executeSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

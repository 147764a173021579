/** The program that brings a database up to date ahead of the service. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '../../src/platform/database/migrations/migrations.js';
import { BuiltCommand, type CommandResult } from '../support/built-command.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await openOnServer();
});

afterAll(async () => {
  await database.close();
});

function migrate(env: Readonly<Record<string, string>>): Promise<CommandResult> {
  return new BuiltCommand('migrate', 'dist/main.migrate.js', [], env).end();
}

async function countMigrations(): Promise<number> {
  const [row] = await query<{ count: number }>('select count(*)::int as count from schema_migrations');
  return row?.count ?? 0;
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the program that migrates', () => {
  it('makes every migration once, however often and by how many at a time it is run', async () => {
    const first = await Promise.all([
      migrate({ DATABASE_URL: database.url }),
      migrate({ DATABASE_URL: database.url }),
    ]);
    const again = await migrate({ DATABASE_URL: database.url });

    expect([...first, again].map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']));
    expect(await countMigrations()).toBe(MIGRATIONS.length);
  });

  it('leaves a schema as it is that a newer version has migrated, as a way back needs it', async () => {
    await migrate({ DATABASE_URL: database.url });
    await query('alter table users add column of_a_newer_version text');
    await query(`insert into schema_migrations (name, executed_at) values ('999-newer', now())`);

    const { code, stderr } = await migrate({ DATABASE_URL: database.url });

    expect([code, stderr]).toEqual([0, '']);
    expect(await query('select username, of_a_newer_version from users')).toEqual([
      { username: 'local', of_a_newer_version: null },
    ]);
    expect(await countMigrations()).toBe(MIGRATIONS.length + 1);
  });

  it('says what it needs, and fails, without a server', async () => {
    const { code, stderr } = await migrate({});

    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Set DATABASE_URL/)]);
  });

  it('fails in one line that names no password when the server is away', async () => {
    const { code, stderr } = await migrate({
      DATABASE_URL: 'postgresql://speech:Xk4-very-own@127.0.0.1:1/speech',
    });

    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('Xk4-very-own');
  });
});

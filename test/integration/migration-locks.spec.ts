/** A migration that has to wait for somebody else's transaction, while the version before serves. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate, migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { MIGRATIONS } from '../../src/platform/database/migrations/migrations.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

/** Changes triggers of the audit trail, which wants that table for itself. */
const LAST = '044-forgotten-names';
const READ = 'select count(*) from audit_events';
/** As requests have it, and longer than a migration may keep them waiting. */
const REQUEST = { statement_timeout: 5000 };

let database: TestDatabase;
let report: pg.Client;
let requests: pg.Client;

beforeEach(async () => {
  database = await openOnServer();
  await migrate(
    database.url,
    MIGRATIONS.map(({ name }) => name).filter((name) => name < LAST),
  );
  report = new pg.Client({ connectionString: database.url });
  requests = new pg.Client({ connectionString: database.url, ...REQUEST });
  await Promise.all([report.connect(), requests.connect()]);
  await report.query('begin');
  await report.query(READ);
});

afterEach(async () => {
  await Promise.all([report.end(), requests.end()]);
  await database.close();
});

async function listPending(): Promise<string[]> {
  const orm = await openOrm(database.url);
  try {
    return (await orm.migrator.getPending()).map(({ name }) => name);
  } finally {
    await orm.close();
  }
}

describe('a migration of a table that a long transaction reads', () => {
  it('lets others read on, says that it waits, and is made when that transaction is over', async () => {
    const messages: string[] = [];
    const migrated = migrateUnderLock(database.url, { onWait: (message) => void messages.push(message) });
    // What fails it is seen below.
    migrated.catch(() => undefined);

    while (messages.length === 0) expect((await requests.query(READ)).rows).toHaveLength(1);
    expect(await listPending()).toEqual(MIGRATIONS.map(({ name }) => name).filter((name) => name >= LAST));
    await report.query('commit');
    await migrated;

    expect(await listPending()).toEqual([]);
    expect(messages).toEqual([expect.stringMatching(/^A migration waits for a table/)]);
  });

  it('is given up at last, with what to look for, and leaves the schema as it was', async () => {
    const attempt = migrateUnderLock(database.url, { patienceMs: 0 });

    await expect(attempt).rejects.toThrow(/could not get a table .* pg_stat_activity/);
    expect(await listPending()).toContain(LAST);
  });
});

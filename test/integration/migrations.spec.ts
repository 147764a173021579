import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { DATABASES, executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

describe.each(DATABASES)('the migrations on %s', (_name, open) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await open();
  }, 60_000);

  afterAll(async () => {
    await database.close();
  });

  it('can be applied by several services that start at the same moment', async () => {
    await Promise.all([1, 2, 3].map(() => migrateUnderLock(database.url)));

    const orm = await openOrm(database.url);
    expect(await orm.migrator.getPending()).toEqual([]);
    await orm.close();
  });

  it('leave a schema that is what the entities expect', async () => {
    const orm = await openOrm(database.url);
    const columns = await orm.em
      .fork()
      .execute<{ name: string }[]>(
        `select table_name || '.' || column_name || ' ' || is_nullable as name from information_schema.columns where table_schema = 'public'`,
      );
    const actual = columns.map(({ name }) => name).filter((name) => !name.startsWith('schema_migrations.'));
    const expected = [...orm.getMetadata().getAll().values()].flatMap((meta) =>
      meta.props.map(
        (prop) => `${meta.tableName}.${prop.fieldNames[0] ?? ''} ${prop.nullable === true ? 'YES' : 'NO'}`,
      ),
    );
    expect(actual.toSorted()).toEqual(expected.toSorted());
    await orm.close();
  });

  it('can be taken back and applied again', async () => {
    const orm = await openOrm(database.url);
    await orm.migrator.down({ to: 0 });
    const tables = await orm.em
      .fork()
      .execute<{ tablename: string }[]>(`select tablename from pg_tables where schemaname = 'public'`);
    expect(tables.map(({ tablename }) => tablename)).toEqual(['schema_migrations']);
    await orm.close();

    await migrateUnderLock(database.url);
  });
});

describe('the migration to accounts', () => {
  it('gives what was there already to the user of this machine', async () => {
    const database = await openOnServer();
    const orm = await openOrm(database.url);
    const id = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
    try {
      await orm.migrator.up({ to: '001-transcription' });
      const em = orm.em.fork();
      await em.execute(
        `insert into media_files values ('${id}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now())`,
      );
      await em.execute(
        `insert into jobs (id, media_file_id, original_filename, status, model, created_at, updated_at) values ('${id}', '${id}', 'talk.wav', 'queued', 'base', now(), now())`,
      );
      await orm.migrator.up();

      const owners = await em.execute<{ owner_id: string }[]>(
        'select owner_id from media_files union all select owner_id from jobs',
      );
      expect(owners.map(({ owner_id: owner }) => owner)).toEqual([LOCAL_USER_ID, LOCAL_USER_ID]);
      expect(await em.execute('select username, role, password_hash from users')).toEqual([
        { username: 'local', role: 'admin', password_hash: null },
      ]);
    } finally {
      await orm.close();
      await database.close();
    }
  }, 60_000);
});

describe('the migration of the search for texts', () => {
  it('does without an index where the service may not have the extension', async () => {
    const database = await openOnServer();
    const { pathname } = new URL(database.url);
    const role = pathname.slice(1).replace('test_', 'role_');
    await executeSql(
      database.url,
      `create role ${role} login password 'for tests'; grant usage, create on schema public to ${role}`,
    );
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'for tests'];
    try {
      await migrateUnderLock(url.href);
      const orm = await openOrm(url.href);
      const indexes = await orm.em
        .fork()
        .execute<unknown[]>(`select from pg_indexes where indexname = 'transcripts_text'`);
      await orm.close();
      expect(indexes).toEqual([]);
    } finally {
      await executeSql(database.url, `drop owned by ${role}; drop role ${role}`);
      await database.close();
    }
  }, 60_000);
});

describe('migrateUnderLock', () => {
  it('says in one line that the database cannot be reached, without its password', async () => {
    const attempt = migrateUnderLock('postgresql://someone:hunter2@127.0.0.1:1/nothing');

    await expect(attempt).rejects.toThrow(/^The database cannot be reached: .*Check DATABASE_URL\.$/);
    await expect(attempt).rejects.not.toThrow(/hunter2/);
  });
});

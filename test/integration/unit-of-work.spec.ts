import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { codeOf } from '../../src/platform/runtime/system-calls.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { openOrm } from '../support/orm.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const CROWD = 200;

describe('a unit of work inside another one', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let unitOfWork: UnitOfWork;
  let done: string[];

  beforeAll(async () => {
    database = await openOnServer();
    await executeSql(database.url, 'create table notes (text text)');
    orm = await openOrm(database.url);
    unitOfWork = new UnitOfWork(orm);
  }, 60_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  beforeEach(async () => {
    done = [];
    await executeSql(database.url, 'truncate notes');
  });

  const write = (text: string): Promise<void> =>
    unitOfWork.run(async () => {
      await orm.em.execute('insert into notes values (?)', [text]);
      unitOfWork.afterCommit(() => done.push(text));
    });
  const written = async (): Promise<unknown[]> =>
    (await query(database.url, 'select text from notes order by text')).map(({ text }) => text);

  it('is committed with it, and what is to be done afterwards waits for that', async () => {
    await unitOfWork.run(async () => {
      await write('inner');
      expect([await written(), done]).toEqual([[], []]);
    });

    expect([await written(), done]).toEqual([['inner'], ['inner']]);
  });

  it('is taken back with it', async () => {
    const failing = unitOfWork.run(async () => {
      await write('inner');
      throw new Error('outer');
    });

    await expect(failing).rejects.toThrow('outer');
    expect([await written(), done]).toEqual([[], []]);
  });

  it('can be taken back alone', async () => {
    await unitOfWork.run(async () => {
      await write('one');
      const failing = unitOfWork.run(async () => {
        await write('two');
        throw new Error('inner');
      });
      await expect(failing).rejects.toThrow('inner');
    });

    expect([await written(), done]).toEqual([['one'], ['one']]);
  });
});

describe('many units of work at a time', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let orm: MikroORM;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    database = await openOnServer();
    const reached = await TcpProxy.before(database.url);
    ({ proxy } = reached);
    orm = await openOrm(reached.url);
    unitOfWork = new UnitOfWork(orm);
  }, 60_000);

  afterEach(async () => {
    await proxy.cut();
    await orm.close();
    await database.close();
  });

  /** @returns what came of them, each kind once */
  async function runAtOnce(work: () => Promise<unknown>): Promise<Set<unknown>> {
    const results = await Promise.allSettled(Array.from({ length: CROWD }, () => unitOfWork.run(work)));
    return new Set(results.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : 'done')));
  }
  const ask = (sql: string) => (): Promise<unknown> => orm.em.execute(sql);

  it('wait for each other longer than for a database that is away', async () => {
    expect(await runAtOnce(ask('select pg_sleep(0.2)'))).toEqual(new Set(['done']));
  });

  it('do not wait for the places of those that they are part of', async () => {
    const nested = async (): Promise<void> => {
      await unitOfWork.run(ask('select 1'));
      await unitOfWork.read(ask('select 2'));
    };
    expect(await runAtOnce(nested)).toEqual(new Set(['done']));
  });

  it('are all told that the database is away', async () => {
    await proxy.cut();
    expect(await runAtOnce(ask('select 1'))).toEqual(new Set(['database_unavailable']));
    await proxy.open();
    expect(await runAtOnce(ask('select 1'))).toEqual(new Set(['done']));
  });

  it('are all told that the database is silent', async () => {
    proxy.stall();
    expect(await runAtOnce(ask('select 1'))).toEqual(new Set(['database_unavailable']));
  }, 30_000);

  it('keep no connection, and leave no transaction open, of a database that was silent for a while', async () => {
    const open = `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
    for (let time = 0; time < 2; time += 1) {
      expect(await runAtOnce(ask('select 1'))).toEqual(new Set(['done']));
      proxy.stall();
      // Some at its beginning, some in the middle of a transaction.
      expect(await runAtOnce(ask('select 1'))).toEqual(new Set(['database_unavailable']));
      proxy.resume();
    }

    expect(await runAtOnce(ask('select 1'))).toEqual(new Set(['done']));
    await waitFor(async () => (await query(database.url, open)).length === 0, {
      what: 'their end',
      limitMs: 10_000,
    });
    expect(await runAtOnce(ask('select pg_sleep(0.2)'))).toEqual(new Set(['done']));
    await orm.close();
  }, 60_000);
});

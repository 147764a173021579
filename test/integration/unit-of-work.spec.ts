import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { openOrm } from '../support/orm.js';

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

/** What is done once a day is done by one of all processes. */
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MaintenanceRunsRepository } from '../../src/modules/uploads/maintenance/maintenance-runs.repository.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

const TASK = 'orphaned_blobs';
const PROCESSES = 8;

describe('a daily task', () => {
  let database: TestDatabase;
  let orm: MikroORM;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
  });

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  const unitOfWork = (): UnitOfWork => new UnitOfWork(orm);
  const runs = (): MaintenanceRunsRepository => new MaintenanceRunsRepository(orm.em);
  const moveBack = (by: string): Promise<unknown> =>
    orm.em.fork().execute(`update maintenance_runs set begun_at = begun_at - interval '${by}'`);

  async function countChosen(task = TASK): Promise<number> {
    const asked = Array.from({ length: PROCESSES }, () => unitOfWork().read(() => runs().beginDaily(task)));
    return (await Promise.all(asked)).filter(Boolean).length;
  }

  it('is for one of those who ask at the same time, and then for nobody until a day is over', async () => {
    expect([await countChosen(), await countChosen()]).toEqual([1, 0]);
    await moveBack('23 hours');
    expect(await countChosen()).toBe(0);
    await moveBack('1 hour');
    expect([await countChosen(), await countChosen()]).toEqual([1, 0]);
  });

  it('says nothing of another one', async () => {
    expect(await countChosen('another')).toBe(1);
  });

  it('can be taken up at once when it came to nothing', async () => {
    await unitOfWork().read(() => runs().giveUp(TASK));

    expect([await countChosen(), await countChosen()]).toEqual([1, 0]);
  });
});

import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeysRepository } from '../../src/modules/auth/api-keys/api-keys.repository.js';
import { ApiKeysService } from '../../src/modules/auth/api-keys/api-keys.service.js';
import { knownAs } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { UsersRepository } from '../../src/modules/auth/users/users.repository.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Clock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openAuditTrail } from '../support/audit.js';
import { openOrm } from '../support/orm.js';

const localActor = knownAs(LOCAL_PRINCIPAL, { address: '127.0.0.1', requestId: null });
const START = Date.parse('2030-01-01T00:00:00Z');

class HeldClock extends Clock {
  seconds = 0;

  override now(): Date {
    return new Date(START + this.seconds * 1000);
  }
}

describe('the API keys of a user', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let keys: ApiKeysService;
  const clock = new HeldClock();

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    const unitOfWork = new UnitOfWork(orm);
    keys = new ApiKeysService(
      new ApiKeysRepository(orm.em),
      new UsersRepository(orm.em),
      openAuditTrail(orm, unitOfWork),
      unitOfWork,
      new UuidV7Generator(),
      clock,
    );
  }, 60_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  beforeEach(async () => {
    clock.seconds = 0;
    await execute('delete from api_keys');
    await execute(`update users set disabled_at = null, role = 'admin'`);
  });

  function execute(sql: string): Promise<unknown> {
    return orm.em.fork().execute(sql);
  }

  const make = async (expiresAt: Date | null = null): Promise<string> =>
    (await keys.create(localActor, { name: 'x', scopes: ['read', 'admin'], expiresAt })).key;

  it('are stored as a hash only', async () => {
    const key = await make();
    const rows = JSON.stringify(await execute('select * from api_keys'));

    expect(rows).not.toContain(key);
    expect(rows).not.toContain(key.slice(11));
  });

  it('say who asks and what they may', async () => {
    expect(await keys.authenticate(await make())).toEqual({
      userId: LOCAL_USER_ID,
      username: 'local',
      role: 'admin',
      scopes: ['read', 'admin'],
      how: 'api_key',
      sessionId: null,
      apiKeyId: expect.any(String),
      validUntil: null,
      mustChangePassword: false,
    });
  });

  it('end at their hour', async () => {
    const key = await make(new Date(START + 60_000));
    clock.seconds = 59;
    expect(await keys.authenticate(key)).not.toBeNull();

    clock.seconds = 60;
    expect(await keys.authenticate(key)).toBeNull();
  });

  it('are good for nothing while their user is disabled', async () => {
    const key = await make();
    await execute('update users set disabled_at = now()');

    expect(await keys.authenticate(key)).toBeNull();
  });

  it('lose the scope of administrators when their user is none any more', async () => {
    const key = await make();
    await execute(`update users set role = 'user'`);

    expect((await keys.authenticate(key))?.scopes).toEqual(['read']);
  });

  it('note their last use once a minute', async () => {
    const key = await make();
    const lastUse = async (): Promise<number> => {
      await keys.authenticate(key);
      const [listed] = await keys.list(LOCAL_PRINCIPAL);
      return ((listed?.lastUsedAt?.getTime() ?? 0) - START) / 1000;
    };

    expect(await lastUse()).toBe(0);
    clock.seconds = 59;
    expect(await lastUse()).toBe(0);
    clock.seconds = 60;
    expect(await lastUse()).toBe(60);
  });

  it('of others can neither be seen nor revoked', async () => {
    await make();
    const [key] = await keys.list(LOCAL_PRINCIPAL);
    const other = { ...LOCAL_PRINCIPAL, userId: '0190aaaa-bbbb-7ccc-8ddd-00000000000a' };

    expect(await keys.list(other)).toEqual([]);
    await expect(keys.revoke({ ...localActor, principal: other }, key!.id)).rejects.toMatchObject({
      code: 'api_key_not_found',
    });
  });
});

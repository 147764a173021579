import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { knownAs, SYSTEM_ACTOR } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import type { AuditEventView, AuditFilter } from '../../src/modules/auth/audit/audit-event.view.js';
import type { AuditTrail } from '../../src/modules/auth/audit/audit-trail.service.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openAuditTrail } from '../support/audit.js';
import { DATABASES, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

const KEY_ID = '0190aaaa-bbbb-7ccc-8ddd-00000000000a';
const here = knownAs(LOCAL_PRINCIPAL, { address: '192.0.2.1', requestId: 'here' });
const elsewhere = knownAs(
  { ...LOCAL_PRINCIPAL, how: 'api_key', apiKeyId: KEY_ID, userId: KEY_ID, username: 'anna' },
  { address: '2001:db8::1', requestId: 'elsewhere' },
);

describe.each(DATABASES)('the audit trail in %s', (_name, open) => {
  let database: TestDatabase;
  let orm: MikroORM;
  let unitOfWork: UnitOfWork;
  let audit: AuditTrail;

  beforeAll(async () => {
    database = await open();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    unitOfWork = new UnitOfWork(orm);
    audit = openAuditTrail(orm, unitOfWork);
  }, 60_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  const execute = <T>(sql: string): Promise<T> => orm.em.fork().execute(sql) as Promise<T>;
  const count = async (): Promise<number> =>
    (await execute<{ n: number }[]>('select count(*)::int as n from audit_events'))[0]?.n ?? 0;
  const note = (objectId: string, actor = here): Promise<void> =>
    unitOfWork.run(() => audit.record(actor, 'user.enabled', objectId, {}));
  /** The ids of the objects on all pages, and what is done between two of them. */
  const walk = async (
    filter: AuditFilter,
    limit: number,
    between: () => Promise<void>,
  ): Promise<(string | null)[]> => {
    const seen: AuditEventView[] = [];
    let cursor: string | null = null;
    do {
      const page = await audit.list(filter, cursor, limit);
      seen.push(...page.events);
      cursor = page.nextCursor;
      await between();
    } while (cursor !== null);
    return seen.map(({ objectId }) => objectId);
  };

  it.each([
    ['UPDATE', `update audit_events set actor_name = 'somebody else'`],
    ['UPDATE of what was done', `update audit_events set action = 'sign_out'`],
    ['UPDATE of a detail', `update audit_events set details = '{"sessions": 0}'`],
    ['UPDATE of more than names', `update audit_events set actor_name = null, outcome = 'failure'`],
    ['UPDATE as a replica', `set session_replication_role = replica; update audit_events set action = ''`],
    ['DELETE', 'delete from audit_events'],
    ['TRUNCATE', 'truncate audit_events'],
    ['TRUNCATE with others', 'truncate users, audit_events cascade'],
    [
      'UPDATE of a conflict',
      `insert into audit_events select * from audit_events on conflict (id) do update set actor_name = ''`,
    ],
    ['DELETE as a replica', `set session_replication_role = replica; delete from audit_events`],
    ['MERGE', `merge into audit_events a using audit_events b on a.id = b.id when matched then delete`],
  ])('is safe from %s', async (_what, sql) => {
    await note('safe');
    const before = await count();

    await expect(orm.em.fork().transactional((em) => em.execute(sql))).rejects.toThrow(
      'audit_events is append-only',
    );
    expect(await count()).toBe(before);
  });

  it('forgets the names of a user, and nothing else, and nobody else', async () => {
    const [gone, other] = ['0190aaaa-bbbb-7ccc-8ddd-0000000000a1', '0190aaaa-bbbb-7ccc-8ddd-0000000000a2'];
    await unitOfWork.run(async () => {
      for (const id of [gone, other])
        await audit.record(here, 'user.created', id, { username: `name of ${id}`, role: 'user' });
      await audit.forgetNames(gone);
    });

    const select = `select actor_name, details from audit_events where object_id in ('${gone}', '${other}') order by object_id`;
    const name = here.principal.username;
    expect(await execute(select)).toEqual([
      { actor_name: name, details: { role: 'user' } },
      { actor_name: name, details: { role: 'user', username: `name of ${other}` } },
    ]);
  });

  it('is part of the transaction of the act: what is taken back was never done', async () => {
    const before = await count();
    const act = unitOfWork.run(async () => {
      await audit.record(SYSTEM_ACTOR, 'user.enabled', LOCAL_USER_ID, {});
      throw new Error('it came to nothing');
    });

    await expect(act).rejects.toThrow('it came to nothing');
    expect(await count()).toBe(before);
  });

  it('has its events told elsewhere when they are certain, and not before', async () => {
    const told: string[] = [];
    const tell = (name: string, end: () => void): Promise<void> =>
      unitOfWork.run(async () => {
        unitOfWork.afterCommit(() => told.push(name));
        await audit.record(SYSTEM_ACTOR, 'user.enabled', LOCAL_USER_ID, {});
        expect(told).toEqual([]);
        end();
      });
    const fail = (): never => {
      throw new Error('it came to nothing');
    };

    await expect(tell('taken back', fail)).rejects.toThrow('it came to nothing');
    await tell('committed', () => undefined);
    expect(told).toEqual(['committed']);
  });

  it('takes no event that belongs to no transaction', async () => {
    const before = await count();
    const alone = unitOfWork.read(() => audit.record(SYSTEM_ACTOR, 'user.enabled', LOCAL_USER_ID, {}));

    await expect(alone).rejects.toThrow('There is no transaction');
    expect(await count()).toBe(before);
  });

  it('is read page by page, while it grows, as it was at the first page', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `growing-${i}`);
    for (const name of names) await note(name);
    const from = await audit.list({ objectId: 'growing-0' }, null, 1);
    let added = 0;
    const pages = walk({ from: from.events[0]?.occurredAt }, 4, async () => {
      added += 1;
      await note(`added-${added}`);
    });

    expect(await pages).toEqual(names.toReversed());
    expect(added).toBe(7);
  });

  it('is read whole where many events have the same instant', async () => {
    await execute(
      `insert into audit_events (id, occurred_at, actor_kind, action, object_kind, object_id, outcome, details)
       select gen_random_uuid(), '2020-01-01T00:00:00Z'::timestamptz + (n / 700) * interval '1 ms', 'system', 'user.enabled', 'user', n, 'success', '{}'
       from generate_series(1, 2500) n`,
    );
    const old = { to: new Date('2020-01-02T00:00:00Z') };
    const numbers = Array.from({ length: 2500 }, (_, i) => String(i + 1)).toSorted();
    const exported: (string | null)[] = [];
    for await (const page of await audit.export(here, old, { format: 'csv', filter: {} }))
      exported.push(...page.map(({ objectId }) => objectId));

    expect(exported.toSorted()).toEqual(numbers);
    expect((await walk(old, 99, () => Promise.resolve())).toSorted()).toEqual(numbers);
  });

  it('finds by whom, what, to what, from where, when and with which outcome', async () => {
    await note('found', elsewhere);
    await unitOfWork.run(() => audit.record(here, 'password.change_failed', 'found', { left_out: 0 }));
    const find = async (filter: AuditFilter): Promise<string[]> => {
      const { events } = await audit.list({ objectId: 'found', ...filter }, null, 10);
      return events.map(({ action }) => action);
    };
    const both = ['password.change_failed', 'user.enabled'];
    const [latest] = (await audit.list({ objectId: 'found' }, null, 1)).events;
    const after = new Date((latest?.occurredAt.getTime() ?? 0) + 1);

    expect(await find({})).toEqual(both);
    expect(await find({ actorId: KEY_ID })).toEqual(['user.enabled']);
    expect(await find({ address: '192.0.2.1' })).toEqual(['password.change_failed']);
    expect(await find({ outcome: 'failure' })).toEqual(['password.change_failed']);
    expect(await find({ actions: ['user.enabled', 'user.disabled'] })).toEqual(['user.enabled']);
    expect(await find({ objectKind: 'user', to: after })).toEqual(both);
    expect(await find({ objectKind: 'session' })).toEqual([]);
    expect(await find({ from: after })).toEqual([]);
    expect(await find({ to: latest!.occurredAt })).not.toContain('password.change_failed');
  });

  it('knows no cursor that no page gave', async () => {
    await expect(audit.list({}, KEY_ID, 10)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ field: 'cursor' }],
    });
  });
});

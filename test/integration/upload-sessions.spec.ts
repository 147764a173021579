/** What may happen to the sessions of uploads between two processes, where the lease of one has run out without its knowing. */
import { PassThrough } from 'node:stream';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import { AbandonedFetchesService } from '../../src/modules/transcription/requests/by-url/abandoned-fetches.service.js';
import type { BytesRules } from '../../src/modules/uploads/ingest/bytes-rules.view.js';
import type { UploadLease } from '../../src/modules/uploads/sessions/upload-leases.service.js';
import type { UploadSessionView } from '../../src/modules/uploads/sessions/upload-session.view.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { openFilesystem, type OpenedStore } from '../support/blob-stores.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';
import { UploadRoom } from '../support/upload-room.js';

const CHECKED: BytesRules = { check: { see: () => undefined, judge: () => undefined } };
const RULES = [
  ['unchecked', {}],
  ['checked', CHECKED],
] as const;

let database: TestDatabase;
let orm: MikroORM;
let opened: OpenedStore;
let room: UploadRoom;

beforeAll(async () => {
  database = await openOnServer();
  await migrateUnderLock(database.url);
  orm = await openOrm(database.url);
  opened = await openFilesystem();
  room = new UploadRoom(orm, opened.store);
});

afterAll(async () => {
  room.close();
  await orm.close();
  await opened.close();
  await database.close();
});

const execute = (sql: string): Promise<unknown> => orm.em.fork().execute(sql);

describe('an upload whose lease ran out while bytes were on their way', () => {
  const take = (id: string): Promise<UploadLease> => room.leases.acquire(id, () => undefined, { waitMs: 0 });
  const endLease = (): Promise<unknown> =>
    orm.em.fork().execute('update upload_sessions set lease_token = null, lease_expires_at = null');

  /** Begins to append, as a request does, at the offset that it has seen. */
  function append(session: UploadSessionView, offset: number, rules: BytesRules): Appending {
    const bytes = new PassThrough();
    const arrival = { bytes, offset, announcedBytes: null, rules, onGone: () => undefined };
    const added = room.receiver.append(session, arrival);
    const outcome = added.then(
      ({ sizeBytes }) => sizeBytes,
      (error: unknown) => (error as { code: string }).code,
    );
    return { bytes, outcome };
  }

  it.each(RULES.flatMap(([one, first]) => RULES.map(([two, second]) => [one, two, first, second] as const)))(
    'takes the bytes of one request only, the first %s and the second %s',
    async (_one, _two, firstRules, secondRules) => {
      const session = await room.begin(8);
      const { id } = session;
      await take(id);
      const slow = append(session, 0, firstRules);
      slow.bytes.write('old');
      await endLease();
      await take(id);
      await room.receiver.recover(id);
      const { receivedBytes } = await room.sessions.get(LOCAL_PRINCIPAL, id);
      const quick = append(session, receivedBytes, secondRules);
      quick.bytes.end('newest');
      const second = await quick.outcome;
      slow.bytes.end('er');
      const first = await slow.outcome;

      // Which one depends on whether the first had taken its place when the second looked.
      const outcomes = [
        { first: 5, second: 'upload_offset_wrong', content: 'older' },
        { first: 'upload_offset_wrong', second: 6, content: `${'old'.slice(0, receivedBytes)}newest` },
      ];
      expect(outcomes).toContainEqual({ first, second, content: await room.read(id) });
    },
  );

  it('keeps no part of a request that came too late, however it ends', async () => {
    const session = await room.begin(8);
    const { id } = session;
    const first = append(session, 0, {});
    first.bytes.end('first');
    await first.outcome;
    const late = append(session, 0, {});
    late.bytes.write('late');

    expect(await late.outcome).toBe('upload_offset_wrong');
    await room.receiver.recover(id);
    expect(await room.read(id)).toBe('first');
  });
});

describe('an upload that was gone on with', () => {
  it('does not expire for those who saw it before', async () => {
    const { id } = await room.begin(8);
    await execute(`update upload_sessions set expires_at = now() - interval '1 second' where id = '${id}'`);
    const seen = await room.sessions.get(LOCAL_PRINCIPAL, id);
    await execute(`update upload_sessions set expires_at = now() + interval '1 hour' where id = '${id}'`);

    await room.sessions.assertActive(seen);
    expect((await room.sessions.get(LOCAL_PRINCIPAL, id)).status).toBe('active');
  });
});

describe('a process that is gone', () => {
  const statusOf = async (id: string): Promise<string> =>
    (await room.sessions.get(LOCAL_PRINCIPAL, id)).status;

  it('is receiving nothing any more', async () => {
    const sessions = [await room.begin(8), await room.begin(8)];
    for (const { id } of sessions)
      await execute(
        `update upload_sessions set arriving_bytes = 5, lease_token = id, lease_expires_at = now() - interval '1 second' where id = '${id}'`,
      );
    const arriving = async (): Promise<number[]> =>
      Promise.all(
        sessions.map(async ({ id }) => (await room.sessions.get(LOCAL_PRINCIPAL, id)).arrivingBytes),
      );

    await room.leases.acquire(sessions[0]?.id ?? '', () => undefined, { waitMs: 0 });
    expect(await arriving()).toEqual([0, 5]);
    await room.sessions.forgetArriving();
    expect(await arriving()).toEqual([0, 0]);
  });

  it('fetches nothing any more, which takes two looks: the database may have been away', async () => {
    const { id } = await room.begin(8, 'url');
    const setLease = (ends: string): Promise<unknown> =>
      execute(
        `update upload_sessions set lease_token = id, lease_expires_at = now() + interval '${ends}', updated_at = now() - interval '1 hour' where id = '${id}'`,
      );
    const abandoned = new AbandonedFetchesService(room.sessions, room.leases);

    await setLease('-1 minute');
    await abandoned.fail();
    await setLease('1 hour');
    await abandoned.fail();
    await setLease('-1 minute');
    await abandoned.fail();
    expect(await statusOf(id)).toBe('active');

    await abandoned.fail();
    expect(await room.sessions.get(LOCAL_PRINCIPAL, id)).toMatchObject({
      status: 'failed',
      errorCode: 'url_interrupted',
    });
  });
});

interface Appending {
  readonly bytes: PassThrough;
  /** How many bytes were added, or the code of the error. */
  readonly outcome: Promise<number | string>;
}

/** Recordings whose time is over are deleted, and never from under a job. */
import { Readable } from 'node:stream';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OwnersRegistry } from '../../src/modules/auth/access/owners.registry.js';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { AuditEventsRepository } from '../../src/modules/auth/audit/audit-events.repository.js';
import { AuditTrail } from '../../src/modules/auth/audit/audit-trail.service.js';
import { ClaimsService } from '../../src/modules/jobs/claims.service.js';
import { JobsService } from '../../src/modules/jobs/jobs.service.js';
import { BlobCollectorService } from '../../src/modules/uploads/blobs/blob-collector.service.js';
import { BlobReferencesRegistry } from '../../src/modules/uploads/blobs/blob-references.registry.js';
import { DiscardedBlobsRepository } from '../../src/modules/uploads/blobs/discarded-blobs.repository.js';
import type { IngestService } from '../../src/modules/uploads/ingest/ingest.service.js';
import { MediaFilesRepository } from '../../src/modules/uploads/media/media-files.repository.js';
import { MediaFilesService } from '../../src/modules/uploads/media/media-files.service.js';
import { MediaExpiryService } from '../../src/modules/uploads/media/retention/media-expiry.service.js';
import { MediaRetentionRepository } from '../../src/modules/uploads/media/retention/media-retention.repository.js';
import { MediaRetentionService } from '../../src/modules/uploads/media/retention/media-retention.service.js';
import {
  MediaUsesRegistry,
  type FindUsed,
} from '../../src/modules/uploads/media/retention/media-uses.registry.js';
import { StorageRoomService } from '../../src/modules/uploads/room/storage-room.service.js';
import { UploadSessionsRepository } from '../../src/modules/uploads/sessions/upload-sessions.repository.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { openFilesystem, type OpenedStore } from '../support/blob-stores.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openIngest } from '../support/ingest.js';
import { aNewJob, openJobsRoom } from '../support/jobs-room.js';
import { openOrm } from '../support/orm.js';
import { openQuotas } from '../support/usage.js';

const ROUNDS = 200;
const ids = new UuidV7Generator();
const clock = new SystemClock();

describe('the retention of recordings', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let opened: OpenedStore;
  let unitOfWork: UnitOfWork;
  let claims: ClaimsService;
  let jobs: JobsService;
  let ingest: IngestService;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    opened = await openFilesystem();
    unitOfWork = new UnitOfWork(orm);
    ({ claims, jobs } = openJobsRoom(orm, unitOfWork));
    ({ ingest } = openIngest(orm, opened.store));
  });

  afterAll(async () => {
    await opened.close();
    await orm.close();
    await database.close();
  });

  beforeEach(async () => {
    await execute('truncate media_files, media_retention, discarded_blobs cascade');
    await execute(`delete from users where id <> '${LOCAL_USER_ID}'`);
  });

  function execute<T = unknown>(sql: string): Promise<T> {
    return orm.em.fork().execute(sql) as Promise<T>;
  }

  function openExpiry(
    setting: string,
    findUsed: FindUsed = (mediaFileIds) => jobs.findMediaInUse(mediaFileIds),
  ): MediaExpiryService {
    const config = loadAppConfig({ MEDIA_RETENTION: setting }, false);
    const audit = new AuditTrail(new AuditEventsRepository(orm.em), unitOfWork, ids, clock);
    const repository = new MediaRetentionRepository(orm.em);
    const retention = new MediaRetentionService(repository, audit, unitOfWork, config);
    const references = new BlobReferencesRegistry();
    const discarded = new DiscardedBlobsRepository(orm.em);
    const collector = new BlobCollectorService(opened.store, discarded, references, unitOfWork, clock);
    const files = new MediaFilesRepository(orm.em);
    const sessions = new UploadSessionsRepository(orm.em);
    const quotas = openQuotas(orm, unitOfWork, config);
    const room = new StorageRoomService(opened.store, files, sessions, unitOfWork, quotas, config);
    const media = new MediaFilesService(
      opened.store,
      ingest,
      collector,
      references,
      files,
      retention,
      room,
      audit,
      unitOfWork,
      ids,
      clock,
      new OwnersRegistry(),
    );
    const uses = new MediaUsesRegistry();
    uses.register(findUsed);
    return new MediaExpiryService(media, repository, retention, uses, unitOfWork, clock);
  }

  /** @returns its id, which is also the key of its blob */
  async function addMedia(age = '1 second', ownerId = LOCAL_USER_ID): Promise<string> {
    const id = ids.next();
    await opened.store.put(id, Readable.from([Buffer.from('x')]));
    await execute(
      `insert into media_files values ('${id}', 'talk.wav', '${id}', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now() - interval '${age}', '${ownerId}')`,
    );
    return id;
  }

  async function addUser(keptDays: number | null): Promise<string> {
    const id = ids.next();
    await execute(`
      insert into users (id, username, role, must_change_password, created_at, updated_at) values ('${id}', '${id}', 'user', false, now(), now());
      insert into media_retention values ('${id}', ${keptDays})`);
    return id;
  }

  async function addJob(mediaFileId: string): Promise<string> {
    const order = aNewJob({ mediaFileId, durationSeconds: 1 });
    const job = await unitOfWork.run(() => jobs.create(LOCAL_PRINCIPAL, order));
    return job.id;
  }

  async function isThere(id: string): Promise<boolean> {
    const rows = await execute<unknown[]>(`select id from media_files where id = '${id}'`);
    const bytes = await opened.store.openLocal(id).then(
      () => true,
      () => false,
    );
    expect(bytes).toBe(rows.length === 1);
    return bytes;
  }

  it('keeps everything where nobody has said anything else', async () => {
    const old = await addMedia('9000 days');

    expect(await openExpiry('keep').deleteDue()).toBe(0);
    expect(await isThere(old)).toBe(true);
  });

  it('deletes what is as old as the setting says, row and bytes, and tells of it', async () => {
    const [old, young] = [await addMedia('30 days'), await addMedia('29 days 23 hours')];

    expect(await openExpiry('30d').deleteDue()).toBe(1);
    expect([await isThere(old), await isThere(young)]).toEqual([false, true]);
    expect(
      await execute(`select actor_kind, object_id, details from audit_events where action = 'media.expired'`),
    ).toEqual([{ actor_kind: 'system', object_id: old, details: { user_id: LOCAL_USER_ID } }]);
  });

  it.each<[string, number | null, string, boolean]>([
    ['keep', 2, '3 days', false],
    ['keep', 0, '25 hours', false],
    ['keep', 0, '23 hours', true],
    ['keep', null, '3 days', true],
    ['2d', null, '3 days', false],
    ['2d', 9, '3 days', false],
    ['9d', 2, '3 days', false],
    ['9d', 2, '1 day', true],
    ['9d', 0, '25 hours', false],
    ['after-job', 9, '25 hours', false],
    ['after-job', 9, '23 hours', true],
  ])('goes by the shorter one of %s and the %s days of a user', async (setting, keptDays, age, stays) => {
    const media = await addMedia(age, await addUser(keptDays));
    const mediaOfOthers = await addMedia('25 hours');
    await openExpiry(setting).deleteDue();

    expect(await isThere(media)).toBe(stays);
    expect(await isThere(mediaOfOthers)).toBe(setting !== 'after-job');
  });

  it('waits for the end of the last job that needs a recording', async () => {
    const media = await addMedia('30 days');
    await addJob(media);
    await addJob(media);
    const expiry = openExpiry('after-job');
    for (let jobsLeft = 2; jobsLeft > 0; jobsLeft -= 1) {
      expect([await expiry.deleteDue(), await isThere(media)]).toEqual([0, true]);
      const claim = await claims.claimNext();
      expect([await expiry.deleteDue(), await isThere(media)]).toEqual([0, true]);
      await claims.fail(claim!, { code: 'corrupt_media', detail: '' });
    }

    await expiry.deleteIfDue(media);
    expect(await isThere(media)).toBe(false);
  });

  it('finds what is due behind more than a page of what is needed', async () => {
    const needed = await addMedia('9 days');
    for (let i = 0; i < 501; i += 1) await addMedia('9 days');
    const last = await addMedia('9 days');
    const used: FindUsed = (mediaFileIds) =>
      Promise.resolve(new Set(mediaFileIds.filter((id) => id !== last)));

    expect(await openExpiry('1d', used).deleteDue()).toBe(1);
    expect([await isThere(needed), await isThere(last)]).toEqual([true, false]);
  });

  it(`takes nothing from a job that is claimed at the same moment, in ${ROUNDS} rounds`, async () => {
    // Nobody says what is needed: only the database keeps jobs and recordings together.
    const blind = openExpiry('after-job', () => Promise.resolve(new Set()));
    for (let round = 0; round < ROUNDS; round += 1) {
      const [media, ended] = [await addMedia('25 hours'), await addMedia('25 hours')];
      await addJob(media);
      const [claim, , deleted] = await Promise.all([
        claims.claimNext(),
        blind.deleteIfDue(media),
        blind.deleteDue(),
      ]);

      expect([claim?.job.mediaFileId, deleted]).toEqual([media, 1]);
      expect([await isThere(media), await isThere(ended)]).toEqual([true, false]);
      // It ends while it is asked for again.
      const [held] = await Promise.all([
        claims.fail(claim!, { code: 'corrupt_media', detail: '' }),
        blind.deleteDue(),
      ]);
      expect(held).toBe(true);
      await blind.deleteDue();
      expect(await isThere(media)).toBe(false);
    }
  }, 120_000);
});

import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import type { Principal } from '../../src/modules/auth/access/principal.view.js';
import { JobsService } from '../../src/modules/jobs/jobs.service.js';
import { DraftsRepository } from '../../src/modules/transcription/drafts/drafts.repository.js';
import { TranscriptsRepository } from '../../src/modules/transcription/transcripts/transcripts.repository.js';
import { TranscriptsService } from '../../src/modules/transcription/transcripts/transcripts.service.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { openAuditTrail } from '../support/audit.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { aNewJob, FIRST_PAGE, openJobsRoom, type JobsRoom } from '../support/jobs-room.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { openOrm } from '../support/orm.js';

const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-000000000001';
const anna: Principal = { ...LOCAL_PRINCIPAL, role: 'user', userId: '0190aaaa-bbbb-7ccc-8ddd-00000000000a' };
const admin: Principal = LOCAL_PRINCIPAL;

describe('the jobs of a user', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let room: JobsRoom;
  let jobs: JobsService;
  let transcripts: TranscriptsService;
  let jobId: string;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    const unitOfWork = new UnitOfWork(orm);
    room = openJobsRoom(orm, unitOfWork);
    jobs = room.jobs;
    transcripts = new TranscriptsService(
      new TranscriptsRepository(orm.em),
      new DraftsRepository(orm.em),
      unitOfWork,
      jobs,
      room.results,
      openAuditTrail(orm, unitOfWork),
      new SystemClock(),
    );
    const em = orm.em.fork();
    await em.execute(
      `insert into users (id, username, role, must_change_password, created_at, updated_at) values ('${anna.userId}', 'anna', 'user', false, now(), now())`,
    );
    await em.execute(
      `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${anna.userId}')`,
    );
    const order = aNewJob({ mediaFileId: MEDIA_FILE_ID });
    const job = await unitOfWork.run(() => jobs.create(anna, order));
    jobId = job.id;
  }, 60_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  it('are found by the user, alone and in the list', async () => {
    expect((await jobs.get(anna, jobId)).id).toBe(jobId);
    expect((await room.lists.list(anna, FIRST_PAGE)).total).toBe(1);
  });

  it('look like nothing to everybody else, administrators included', async () => {
    const ofNothing = await jobs.get(admin, UNKNOWN_ID).catch((error: unknown) => error);

    expect(await jobs.get(admin, jobId).catch((error: unknown) => error)).toEqual(ofNothing);
    expect(await transcripts.get(admin, jobId).catch((error: unknown) => error)).toEqual(ofNothing);
    expect(ofNothing).toMatchObject({ code: 'job_not_found' });
    expect(await room.lists.list(admin, FIRST_PAGE)).toEqual({ jobs: [], total: 0, nextCursor: null });
  });

  it('do not let others wait for them', async () => {
    const wait = jobs.waitForEnd(admin, jobId, 60, new AbortController().signal);

    await expect(wait).rejects.toMatchObject({ code: 'job_not_found' });
  });
});

import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { knownAs } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import type { WorkerReport } from '../../src/modules/jobs/workers/worker.view.js';
import { WorkersRepository } from '../../src/modules/jobs/workers/workers.repository.js';
import { WorkersService } from '../../src/modules/jobs/workers/workers.service.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { openAuditTrail } from '../support/audit.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { aNewJob, openJobsRoom, type JobsRoom } from '../support/jobs-room.js';
import { openOrm } from '../support/orm.js';

const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const admin = knownAs(LOCAL_PRINCIPAL, { address: '127.0.0.1', requestId: null });

describe('the register of workers', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let room: JobsRoom;
  let unitOfWork: UnitOfWork;
  let workers: WorkersService;
  let report: WorkerReport;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    unitOfWork = new UnitOfWork(orm);
    room = openJobsRoom(orm, unitOfWork);
    workers = new WorkersService(new WorkersRepository(orm.em), openAuditTrail(orm, unitOfWork), unitOfWork);
    report = {
      id: room.worker.id,
      name: 'here:1',
      version: '0.1.0',
      driver: 'bull',
      concurrency: 2,
      state: 'active',
      model: 'base',
      memoryBytes: 5_000_000_000,
    };
    await execute(
      `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${LOCAL_USER_ID}')`,
    );
  }, 60_000);

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  beforeEach(() => execute('truncate workers'));

  function execute<T = unknown>(sql: string): Promise<T> {
    return orm.em.fork().execute(sql) as Promise<T>;
  }

  it('shows what a worker says of itself, and what it works on', async () => {
    await unitOfWork.run(() => room.jobs.create(LOCAL_PRINCIPAL, aNewJob({ mediaFileId: MEDIA_FILE_ID })));
    const claim = await room.claims.claimNext();
    await workers.beat(report);

    expect(await workers.list()).toEqual([
      {
        ...report,
        wanted: 'active',
        startedAt: expect.any(Date),
        seenAt: expect.any(Date),
        jobIds: [claim?.job.id],
      },
    ]);
  });

  it('tells a worker with its next beat what is wanted of it', async () => {
    expect(await workers.beat(report)).toBe('active');
    expect((await workers.want(admin, report.id.toUpperCase(), 'drained')).wanted).toBe('drained');

    expect(await workers.beat(report)).toBe('drained');
    await expect(workers.want(admin, MEDIA_FILE_ID, 'paused')).rejects.toMatchObject({
      code: 'worker_not_found',
    });
  });

  it('calls a worker gone that was not heard of for a while, forgets it after that, and takes it in again', async () => {
    await workers.beat(report);
    await execute(`update workers set seen_at = now() - interval '20 seconds'`);
    await workers.forgetGone();
    expect(await workers.list()).toMatchObject([{ state: 'gone' }]);

    await execute(`update workers set seen_at = now() - interval '2 hours'`);
    await workers.forgetGone();
    expect(await workers.list()).toEqual([]);

    await workers.beat(report);
    expect(await workers.list()).toMatchObject([{ state: 'active' }]);
  });

  it('holds a worker no longer that has stopped', async () => {
    await workers.beat(report);
    await workers.leave(report.id);

    expect(await workers.list()).toEqual([]);
  });
});

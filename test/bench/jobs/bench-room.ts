import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../../src/modules/auth/access/local-user.view.js';
import type { JobClaim } from '../../../src/modules/jobs/job.view.js';
import { EmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { migrateUnderLock } from '../../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { aNewJob, openJobsRoom, type JobsRoom, type RoomParts } from '../../support/jobs-room.js';
import { openOrm } from '../../support/orm.js';

const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

/** The services of one process, on a database that may have others. */
export interface BenchRoom {
  readonly room: JobsRoom;
  readonly addJob: () => Promise<string>;
  readonly execute: <T = unknown>(sql: string) => Promise<T[]>;
  close(): Promise<void>;
}

export interface BenchDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** A database of its own, with one recording. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-jobs-'));
  const server = await EmbeddedPostgres.start({ dataDir });
  await migrateUnderLock(server.url);
  return {
    url: server.url,
    close: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The services of the jobs room, wired as in the service. */
export async function openBenchRoom(databaseUrl: string, parts: RoomParts = {}): Promise<BenchRoom> {
  const orm = await openOrm(databaseUrl);
  const unitOfWork = new UnitOfWork(orm);
  const limits = { MAX_ACTIVE_JOBS_PER_USER: '0', MAX_AUDIO_MINUTES_PER_DAY: '0' };
  const room = openJobsRoom(orm, unitOfWork, limits, parts);
  const execute = <T>(sql: string): Promise<T[]> => orm.em.fork().execute(sql);
  await execute(
    `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${LOCAL_USER_ID}')
     on conflict do nothing`,
  );
  room.relay.onApplicationBootstrap();
  return {
    room,
    execute,
    addJob: async () => {
      const order = aNewJob({ mediaFileId: MEDIA_FILE_ID, durationSeconds: 1 });
      const { id } = await unitOfWork.run(() => room.jobs.create(LOCAL_PRINCIPAL, order));
      return id;
    },
    close: async () => {
      await room.queue.stop();
      await room.relay.onModuleDestroy();
      await orm.close();
    },
  };
}

/** What a worker does with a job where there is no engine: it reports once, and completes. */
export async function workWithoutEngine({ claims }: JobsRoom, claim: JobClaim): Promise<void> {
  await claims.heartbeat(claim, { stage: 'transcribing', processedSeconds: 1, speed: 1 });
  await claims.complete(claim, 1, () => Promise.resolve());
}

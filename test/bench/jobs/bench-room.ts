import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../../src/modules/auth/access/local-user.view.js';
import { EmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { migrateUnderLock } from '../../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { aNewJob, openJobsRoom, type JobsRoom } from '../../support/jobs-room.js';
import { openOrm } from '../../support/orm.js';

const MEDIA_FILE_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

export interface BenchRoom {
  readonly room: JobsRoom;
  readonly addJob: () => Promise<string>;
  readonly execute: (sql: string) => Promise<unknown[]>;
  close(): Promise<void>;
}

/** The services of the jobs room on an embedded database of their own, wired as in the service. */
export async function openEmbeddedBench(): Promise<BenchRoom> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-jobs-'));
  const server = await EmbeddedPostgres.start({ dataDir });
  await migrateUnderLock(server.url);
  const orm = await openOrm(server.url);
  const unitOfWork = new UnitOfWork(orm);
  const room = openJobsRoom(orm, unitOfWork, {
    MAX_ACTIVE_JOBS_PER_USER: '0',
    MAX_AUDIO_MINUTES_PER_DAY: '0',
  });
  const execute = (sql: string): Promise<unknown[]> => orm.em.fork().execute(sql);
  await execute(
    `insert into media_files values ('${MEDIA_FILE_ID}', 'talk.wav', 'key', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${LOCAL_USER_ID}')`,
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
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

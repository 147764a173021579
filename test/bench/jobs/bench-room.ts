import type { JobClaim } from '../../../src/modules/jobs/job.view.js';
import { openEmbedded, type TestDatabase } from '../../support/databases.js';
import { JobsOnDatabase, type JobsRoom, type RoomParts } from '../../support/jobs-room.js';

const NO_LIMITS = { MAX_ACTIVE_JOBS_PER_USER: '0', MAX_AUDIO_MINUTES_PER_DAY: '0' };

/** One process of the service, without its HTTP. */
export interface BenchRoom {
  readonly jobs: JobsOnDatabase;
  close(): Promise<void>;
}

/** With a database of its own, and a recording. */
export async function openBenchRoom(parts: RoomParts = {}): Promise<BenchRoom> {
  return openBenchProcess(await openEmbedded(), parts, { isFirst: true });
}

/** On a database that may have other processes; the first one puts the recording there. */
export async function openBenchProcess(
  database: TestDatabase,
  parts: RoomParts,
  { isFirst }: { readonly isFirst: boolean },
): Promise<BenchRoom> {
  const jobs = await JobsOnDatabase.open(database, NO_LIMITS, parts);
  // Before the relay looks for events: it would read the tables while they are emptied.
  if (isFirst) await jobs.startOver();
  const { queue, relay } = jobs.room;
  relay.onApplicationBootstrap();
  return {
    jobs,
    close: async () => {
      await queue.stop();
      await relay.onModuleDestroy();
      await jobs.close();
    },
  };
}

/** What a worker does with a job where there is no engine: it reports once, and completes. */
export async function workWithoutEngine({ claims }: JobsRoom, claim: JobClaim): Promise<void> {
  await claims.heartbeat(claim, { stage: 'transcribing', processedSeconds: 1, speed: 1 });
  await claims.complete(claim, { durationSeconds: 1, language: 'en' }, () => Promise.resolve());
}

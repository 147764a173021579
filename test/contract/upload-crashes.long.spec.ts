/** The service is killed while files are on their way: what it said it has is there afterwards, and nothing is left over. */
import { readdir, utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, UploadStatus } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../support/api-client.js';
import { ChunkedClient, cut, sha256Of } from '../support/chunked-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { longRecording } from '../support/long-recording.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';

const KILLS = 20;
const MIB = 2 ** 20;
/** Slow enough that most kills come in the middle. */
const PIECE_BYTES = 64 * 1024;
const PIECE_PAUSE_MS = 2;
const LONGEST_RUN_MS = 600;

let database: TestDatabase;
let service: RunningService;
let recording: Buffer<ArrayBuffer>;

beforeAll(async () => {
  database = await openOnServer();
  recording = await longRecording(24 * MIB + 321);
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

let dataDir: string | undefined;
async function start(): Promise<void> {
  service = await startService({
    env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', ...NO_RATE_LIMITS },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  dataDir = service.dataDir;
}

/** The same moments in each run of the tests. */
function* moments(): Generator<number, never> {
  for (let state = 7; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state % LONGEST_RUN_MS;
  }
}

/** Appends slowly; resolves with the answer, or with null when the connection broke. */
function appendSlowly(url: string, offset: number): Promise<number | null> {
  return new Promise((resolve) => {
    const sending = request(url, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': offset,
        'content-type': 'application/offset+octet-stream',
        'content-length': recording.length - offset,
      },
    });
    sending.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    sending.once('error', () => {
      resolve(null);
    });
    void (async () => {
      for (let at = offset; at < recording.length && !sending.destroyed; at += PIECE_BYTES) {
        sending.write(recording.subarray(at, at + PIECE_BYTES));
        await delay(PIECE_PAUSE_MS);
      }
      sending.end();
    })();
  });
}

async function statusOf(url: string): Promise<UploadStatus> {
  return jsonOf<UploadStatus>(await fetch(`${service.url}/uploads/${url.split('/').at(-1) ?? ''}/status`));
}

/** An upload by tus that is gone on with after each kill. */
class TusFile {
  id = '';
  acknowledged = 0;

  async run(): Promise<void> {
    const tus = new TusRequests(`${service.url}/uploads/tus`);
    if (this.id === '') {
      const url = await tus.begin(recording.length, { filename: 'talk.wav' });
      this.id = url.split('/').at(-1) ?? '';
    }
    const offset = await tus.offset(this.url);
    expect(offset).toBeGreaterThanOrEqual(this.acknowledged);
    this.acknowledged = offset;
    if (offset < recording.length) await appendSlowly(this.url, offset);
  }

  get url(): string {
    return `${service.url}/uploads/tus/${this.id}`;
  }
}

/** An upload by chunks that is gone on with after each kill. */
class ChunkedFile {
  id = '';
  readonly acknowledged = new Set<number>();

  async run(): Promise<void> {
    const client = new ChunkedClient(service.url);
    const plan = { chunk_size: MIB, session_id: this.id, total_chunks: 0, expires_at: '' };
    if (this.id === '')
      this.id = (await client.beginFor(recording, { file_hash: sha256Of(recording) })).session_id;
    const { missing_chunks: missing } = await client.status(this.id);
    for (const number of missing ?? []) {
      expect(this.acknowledged).not.toContain(number);
      if ((await client.send(this.id, cut(recording, plan, number))).status === 200)
        this.acknowledged.add(number);
      await delay(20 * PIECE_PAUSE_MS);
    }
    await client.finalize(this.id);
  }
}

async function blobsOf(): Promise<string[]> {
  const folder = join(service.dataDir, 'blobs');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.includes('probe'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a service that is killed', () => {
  it(`${KILLS} times while files arrive keeps what it acknowledged, and leaves nothing else`, async () => {
    const moment = moments();
    const files = [new TusFile(), new ChunkedFile()];
    const unlessKilled = (error: unknown): void => {
      if (error instanceof Error && 'matcherResult' in error) throw error;
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      await start();
      const runs = files.map((file) => file.run().catch(unlessKilled));
      await delay(moment.next().value);
      await service.kill();
      await Promise.all(runs);
    }

    await start();
    for (const file of files) {
      await file.run();
      await waitFor(async () => (await statusOf(file.id)).status === 'completed', { limitMs: 90_000 });
      const job = await jsonOf<Job>(
        await fetch(`${service.url}/jobs/${(await statusOf(file.id)).job_id ?? ''}`),
      );
      const media = await fetch(`${service.url}/media/${String(job.media_id)}`);
      expect(sha256Of(Buffer.from(await media.arrayBuffer()))).toBe(sha256Of(recording));
    }

    const old = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    for (const path of await blobsOf()) await utimes(path, old, old);
    await service.stop();
    // As if the last search was long ago.
    await executeSql(database.url, 'delete from maintenance_runs');
    await start();
    // Both are the same bytes of the same user. The search begins within a minute.
    await waitFor(async () => (await blobsOf()).length === 1, { limitMs: 90_000 });
  }, 600_000);
});

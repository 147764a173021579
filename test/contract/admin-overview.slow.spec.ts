/** What administrators see of the past of the service. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Overview } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const contract = new OpenApiContract();
let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
  await users.execute(
    "update jobs set created_at = now() - interval '300 days', finished_at = now() - interval '300 days'",
  );
  await users.execute("update media_files set created_at = now() - interval '300 days'");
}, 90_000);

afterAll(async () => {
  await users.close();
});

async function ask(query = ''): Promise<Response> {
  const response = await fetch(`${users.url}/admin/overview${query}`, { headers: bearer(users.adminToken) });
  expect(await contract.findFaults('getOverview', response.clone())).toEqual([]);
  return response;
}

const read = async (range: string): Promise<Overview> => jsonOf<Overview>(await ask(`?range=${range}`));

let added = 0;

/** Times are in SQL; null: not yet. */
async function addJob(
  status: string,
  times: { created: string; started: string; finished: string },
  code = 'null',
): Promise<void> {
  added += 1;
  await users.execute(`
    insert into jobs (id, owner_id, media_file_id, original_filename, status, model, duration_seconds, error_code, created_at, updated_at, started_at, finished_at)
    values ('0190aaaa-bbbb-7ccc-8ddd-${String(added).padStart(12, '0')}', '${users.anna.id}', '${users.anna.mediaId}', 'a.wav', '${status}', 'base', 60, ${code},
      ${times.created}, now(), ${times.started}, ${times.finished})`);
}

/** In the middle of the bucket of 12 hours that was this many before the last one. */
const middle = (ago: number): string =>
  `(date_bin('12 hours', now(), '1970-01-01T00:00:00Z') - interval '12 hours' * ${ago} + interval '6 hours')`;
const later = (time: string, seconds: number): string => `${time} + interval '${seconds} seconds'`;

describe('the overview', () => {
  it.each([
    ['1h', 60, 60],
    ['24h', 48, 1800],
    ['7d', 56, 10_800],
    ['30d', 60, 43_200],
  ])(
    'of %s has %i even buckets without gaps, of which the last one has now in it',
    async (range, count, step) => {
      const { step_seconds: stepSeconds, buckets } = await read(range);
      const begins = buckets.map(({ begins_at: time }) => Date.parse(time) / 1000);

      expect([buckets.length, stepSeconds]).toEqual([count, step]);
      expect(new Set(begins.slice(1).map((time, index) => time - (begins[index] ?? 0)))).toEqual(
        new Set([step]),
      );
      expect(begins.every((time) => time % step === 0)).toBe(true);
      expect(begins.at(-1)).toBeLessThanOrEqual(Date.now() / 1000);
    },
  );

  it('tells of nothing where nothing was', async () => {
    const { buckets, queue } = await read('30d');

    for (const bucket of buckets)
      expect(bucket).toMatchObject({
        completed: 0,
        failed: 0,
        cancelled: 0,
        failed_by_code: {},
        audio_seconds: 0,
        realtime_factor: null,
        queued: 0,
        longest_wait_seconds: null,
        uploads: 0,
        uploaded_bytes: 0,
      });
    expect(queue).toEqual({ queued: 0, processing: 0, oldest_seconds: 0 });
  });

  it('counts jobs where they ended, and what waited at the end of each bucket', async () => {
    const at = middle(4);
    const ended = { created: at, started: later(at, 10), finished: later(at, 30) };
    await addJob('completed', ended);
    await addJob('completed', { ...ended, started: later(at, 20), finished: later(at, 60) });
    await addJob('failed', ended, "'engine_crashed'");
    await addJob('failed', ended, "'engine_crashed'");
    await addJob('failed', ended, "'corrupt_media'");
    await addJob('cancelled', { ...ended, started: 'null', finished: later(at, 90) });
    await addJob('completed', { created: middle(3), started: middle(1), finished: later(middle(1), 30) });
    await addJob('queued', { created: middle(2), started: 'null', finished: 'null' });
    await addJob('queued', { created: "now() - interval '90 days'", started: 'null', finished: 'null' });
    const { buckets, queue } = await read('30d');

    expect(buckets.at(-5)).toMatchObject({
      completed: 2,
      failed: 3,
      cancelled: 1,
      failed_by_code: { engine_crashed: 2, corrupt_media: 1 },
      audio_seconds: 120,
      realtime_factor: 2,
      longest_wait_seconds: 90,
    });
    expect(buckets.at(-2)).toMatchObject({ completed: 1, longest_wait_seconds: 24 * 3600 });
    expect(buckets.map(({ queued }) => queued).slice(-6)).toEqual([1, 1, 2, 3, 2, 2]);
    expect(buckets[0]?.queued).toBe(1);
    expect(queue).toMatchObject({ queued: 2, processing: 0 });
    expect(queue.oldest_seconds).toBeGreaterThan(0);
  });

  it('counts recordings where they arrived, and forgets what is deleted', async () => {
    await users.execute(
      `update media_files set created_at = ${middle(2)}, size_bytes = 7 where id = '${users.anna.mediaId}'`,
    );

    expect((await read('30d')).buckets.at(-3)).toMatchObject({ uploads: 1, uploaded_bytes: 7 });
    expect((await read('30d')).stored_bytes).toMatchObject({ recordings: 8, unfinished_uploads: 0 });
    await users.execute(`delete from transcripts where job_id = '${users.anna.jobId}'`);
    await users.execute(`delete from jobs where owner_id = '${users.anna.id}'`);
    await users.execute(`delete from media_files where id = '${users.anna.mediaId}'`);
    const { buckets, stored_bytes: stored } = await read('30d');
    expect(buckets.every(({ uploads, completed, queued }) => uploads + completed + queued === 0)).toBe(true);
    expect(stored).toMatchObject({ recordings: 1, database: expect.any(Number) });
  });

  it('knows no other ranges', async () => {
    for (const range of ['', '2h', '1h&range=24h', 'constructor'])
      expect((await ask(`?range=${range}`)).status).toBe(422);
    expect(await jsonOf<Overview>(await ask())).toMatchObject({ range: '24h' });
  });
});

describe('the health of the service', () => {
  it('is told under the same tag; admin-health.spec.ts shows what it says', async () => {
    const response = await fetch(`${users.url}/admin/health`, { headers: bearer(users.adminToken) });

    expect(await contract.findFaults('getSystemHealth', response)).toEqual([]);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success about the overview that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Overview')).toEqual([]);
  });
});

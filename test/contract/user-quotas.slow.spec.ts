/** Quotas that one user has instead of those of the settings. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Usage, User, UserList } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { openTwoUsers, type TestUser, type TwoUsers } from '../support/two-users.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const NONE = { max_active_jobs: null, max_audio_minutes_per_day: null, storage_quota_mb: null };

const contract = new OpenApiContract();
let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers({ MAX_ACTIVE_JOBS_PER_USER: '9', STORAGE_QUOTA_MB: '100' });
}, 90_000);

afterAll(async () => {
  await users.close();
});

async function setQuotas(quotas: object, id = users.anna.id): Promise<Response> {
  const response = await fetch(`${users.url}/admin/users/${id}/quotas`, {
    method: 'PUT',
    headers: { ...bearer(users.adminToken), 'content-type': 'application/json' },
    body: JSON.stringify(quotas),
  });
  expect(await contract.findFaults('setUserQuotas', response.clone())).toEqual([]);
  return response;
}

const usageOf = async ({ token }: TestUser): Promise<Usage> =>
  jsonOf<Usage>(await fetch(`${users.url}/usage`, { headers: bearer(token) }));

const send = ({ token }: TestUser): Promise<Response> =>
  upload(users.url, { file: SPEECH, headers: bearer(token) });

describe('quotas of one user', () => {
  it('hold for that user, who sees them, and for nobody else', async () => {
    const quotas = { max_active_jobs: 1, max_audio_minutes_per_day: 90, storage_quota_mb: 0 };
    const user = await jsonOf<User>(await setQuotas(quotas));

    expect(user.quotas).toEqual(quotas);
    expect(await usageOf(users.anna)).toMatchObject({
      active_jobs_limit: 1,
      audio_minutes_limit: 90,
      storage_bytes_limit: null,
    });
    expect(await usageOf(users.bob)).toMatchObject({
      active_jobs_limit: 9,
      audio_minutes_limit: 6000,
      storage_bytes_limit: 100 * 2 ** 20,
    });
    const { users: all } = await jsonOf<UserList>(
      await fetch(`${users.url}/admin/users`, { headers: bearer(users.adminToken) }),
    );
    expect(all.map(({ username, quotas: own }) => [username, own.max_active_jobs])).toContainEqual([
      'anna',
      1,
    ]);
  });

  it.each([
    ['jobs at once', { ...NONE, max_active_jobs: 1 }, 'too_many_active_jobs'],
    ['audio of a day', { ...NONE, max_audio_minutes_per_day: 1 }, 'audio_quota_exceeded'],
  ])('are kept to: %s', async (_what, quotas, code) => {
    await users.execute(
      `delete from usage_days; insert into usage_days (owner_id, day, audio_seconds)
        values ('${users.anna.id}', (now() at time zone 'utc')::date, 55);
       update jobs set status = 'queued', finished_at = null where id = '${users.anna.jobId}'`,
    );
    await setQuotas(quotas);

    expect((await problemOf(await send(users.anna))).code).toBe(code);
  });

  it('are kept to: storage, and taken back by null', async () => {
    await users.execute(`update media_files set size_bytes = ${2 ** 20} where owner_id = '${users.anna.id}'`);
    await setQuotas({ ...NONE, storage_quota_mb: 1 });
    expect((await problemOf(await send(users.anna))).code).toBe('storage_quota_exceeded');

    await setQuotas(NONE);
    expect((await send(users.anna)).status).toBe(202);
  });

  it.each([
    [{ ...NONE, max_active_jobs: -1 }, ['max_active_jobs']],
    [{ ...NONE, storage_quota_mb: 1.5 }, ['storage_quota_mb']],
    [{ max_active_jobs: 1 }, ['max_audio_minutes_per_day', 'storage_quota_mb']],
  ])('cannot be %p', async (quotas, fields) => {
    const problem = await problemOf(await setQuotas(quotas));

    expect(problem.errors?.map(({ field }) => field)).toEqual(fields);
  });

  it('are given to nobody who does not exist', async () => {
    expect((await problemOf(await setQuotas(NONE, UNKNOWN_ID))).code).toBe('user_not_found');
  });
});

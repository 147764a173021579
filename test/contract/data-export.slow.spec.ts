/** What a user takes along who has more than is read at once. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { bearer } from '../support/accounts.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const BATCHES = 450;

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

it('an export has every row once, of tables of any key, and none of another user', async () => {
  const { anna, bob } = users;
  await users.execute(`
    insert into job_batches (id, owner_id, name, refused, job_ids, created_at)
      select gen_random_uuid(), '${anna.id}', 'number ' || n, '[]', '[]', now() from generate_series(1, ${BATCHES}) n;
    insert into usage_days (owner_id, day, slot, audio_seconds)
      select '${anna.id}', date '2020-01-01' + n, 0, n from generate_series(1, ${BATCHES}) n`);

  const answer = await fetch(`${users.url}/auth/me/export`, { headers: bearer(anna.token) });
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  const linesOf = (name: string): string[] =>
    strFromU8(files[name] ?? new Uint8Array())
      .split('\n')
      .filter((line) => line !== '');

  // One more: the batch that she has.
  expect(new Set(linesOf('job_batches.jsonl')).size).toBe(BATCHES + 1);
  expect(linesOf('job_batches.jsonl')).toHaveLength(BATCHES + 1);
  expect(new Set(linesOf('usage_days.jsonl')).size).toBe(BATCHES);
  expect(Object.values(files).some((file) => strFromU8(file, true).includes(bob.id))).toBe(false);
});

it('an export is without the voices of others that came with a call whose job still runs', async () => {
  const { anna } = users;
  const voice = '[{"name": "Somebody Else", "embedding": [0.25]}]';
  await users.execute(`update jobs set voices = '${voice}' where owner_id = '${anna.id}'`);

  const answer = await fetch(`${users.url}/auth/me/export`, { headers: bearer(anna.token) });
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));

  expect(strFromU8(files['jobs.jsonl'] ?? new Uint8Array())).toContain(anna.id);
  expect(Object.values(files).some((file) => strFromU8(file, true).includes('Somebody Else'))).toBe(false);
});

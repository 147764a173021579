/** Who may follow which jobs, and for how long. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { bearer, createApiKey, postJson } from '../support/accounts.js';
import { EventStream, reasonsOf } from '../support/event-stream.js';
import { openTwoUsers, type TestUser, type TwoUsers } from '../support/two-users.js';

const LIMIT_MS = 60_000;

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

/** A job that waits for ever: nobody works here. */
async function addJob({ id }: TestUser): Promise<string> {
  const jobId = v7();
  await users.execute(`
    with job as (
      insert into jobs (id, owner_id, media_file_id, original_filename, status, model, created_at, updated_at)
      select '${jobId}', '${id}', id, 'talk.wav', 'queued', 'base', now(), now() from media_files where owner_id = '${id}' limit 1
      returning id
    ) insert into job_events (job_id, to_status, reason, attempt) select id, 'queued', 'created', 0 from job`);
  return jobId;
}

function follow(path: string, secret: string, lastId = ''): Promise<EventStream> {
  return EventStream.open(`${users.url}${path}`, { ...bearer(secret), 'last-event-id': lastId });
}

describe('a stream', () => {
  it("has nothing of another's job, whatever id it is asked to go on after", async () => {
    const job = await addJob(users.anna);
    const stream = await follow(`/jobs/${job}/events`, users.anna.token);
    const [created] = await stream.until(({ event }) => event === 'status');
    await stream.cut();

    for (const lastId of ['', created?.id ?? '']) {
      const headers = { ...bearer(users.bob.token), 'last-event-id': lastId };
      expect((await fetch(`${users.url}/jobs/${job}/events`, { headers })).status).toBe(404);
    }
  });

  it('of all jobs has those of its user only, also when it goes on after the id of another', async () => {
    const ofAnna = await follow('/jobs/events', users.anna.token);
    const ofBob = await follow('/jobs/events', users.bob.token);
    const [job, other] = [await addJob(users.anna), await addJob(users.bob)];
    const [forAnna] = await ofAnna.until(() => true);
    const [forBob] = await ofBob.until(() => true);
    const again = await follow('/jobs/events', users.bob.token, forAnna?.id);
    const [repeated] = await again.until(() => true);

    expect([forAnna?.data['job_id'], forBob?.data['job_id']]).toEqual([job, other]);
    expect(repeated?.data['job_id']).toBe(other);
    for (const stream of [ofAnna, ofBob, again]) await stream.cut();
  });

  it(
    'of all jobs misses none that was written before another, and committed after it',
    async () => {
      const [slow, quick] = [await addJob(users.anna), await addJob(users.anna)];
      const stream = await follow('/jobs/events', users.anna.token);
      const event = (job: string, reason: string): string =>
        `insert into job_events (job_id, from_status, to_status, reason, attempt) values ('${job}', 'queued', 'queued', '${reason}', 0)`;
      const writing = users.execute(`begin; ${event(slow, 'worker_stopping')}; select pg_sleep(3); commit`);
      await users.execute(event(quick, 'retried'));
      await writing;
      const events = await stream.until(({ data }) => data['reason'] === 'worker_stopping');
      const rest = reasonsOf(events).includes('retried')
        ? []
        : await stream.until(({ data }) => data['reason'] === 'retried');
      await stream.cut();

      expect(reasonsOf([...events, ...rest]).toSorted()).toEqual(['retried', 'worker_stopping']);
    },
    LIMIT_MS,
  );

  it('goes on at the end after the id of another database, which is far beyond', async () => {
    const stream = await follow('/jobs/events', users.anna.token, '999999999999999999-1');
    const job = await addJob(users.anna);

    expect((await stream.until(() => true))[0]?.data['job_id']).toBe(job);
    await stream.cut();
  });

  it(
    'ends soon after the key was revoked, the session ended, the user disabled',
    async () => {
      const carla = await users.addUser('carla', 'c');
      const dora = await users.addUser('dora', 'd');
      const job = await addJob(users.anna);
      const { id, key } = await createApiKey(users.url, ['read'], bearer(users.anna.token));
      const streams = await Promise.all([
        follow('/jobs/events', key),
        follow(`/jobs/${job}/events`, key),
        follow('/jobs/events', carla.token),
        follow('/jobs/events', dora.token),
      ]);
      const lasting = await follow('/jobs/events', users.bob.token);
      // Those that stay are still looked after when one of the same key has gone.
      await (await follow('/jobs/events', key)).cut();
      const remove = { method: 'DELETE', headers: bearer(users.anna.token) };
      const statuses = [
        await fetch(`${users.url}/auth/api-keys/${id}`, remove),
        await postJson(`${users.url}/auth/logout`, {}, bearer(carla.token)),
        await postJson(`${users.url}/admin/users/${dora.id}/disable`, {}, bearer(users.adminToken)),
      ].map(({ ok }) => ok);

      expect(statuses).toEqual([true, true, true]);
      for (const stream of streams) await stream.rest();
      const other = await addJob(users.bob);
      expect((await lasting.until(() => true))[0]?.data['job_id']).toBe(other);
      await lasting.cut();
    },
    LIMIT_MS,
  );
});

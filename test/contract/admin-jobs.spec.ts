/** What administrators see of the jobs of all, and do to them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdministeredJob, AdministeredJobList, AuditEventList } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

const SECRET_NAME = 'Kündigung von Meier.wav';
const WORKER_ID = '0190aaaa-bbbb-7ccc-8ddd-0000000000f0';

const contract = new OpenApiContract();
let users: TwoUsers;
let failed: string;
let queued: string;

beforeAll(async () => {
  users = await openTwoUsers({ MAX_ACTIVE_JOBS_PER_USER: '1' });
  failed = await addJob('00f1', users.anna, 'failed', `'corrupt_media'`, 'now()');
  queued = await addJob('00f2', users.bob, 'queued', 'null', 'null');
}, 90_000);

afterAll(async () => {
  await users.close();
});

async function addJob(
  digits: string,
  { id: ownerId, mediaId }: TwoUsers['anna'],
  status: string,
  code: string,
  finished: string,
): Promise<string> {
  const id = `0190aaaa-bbbb-7ccc-8ddd-00000000${digits}`;
  await users.execute(`
    insert into jobs (id, owner_id, media_file_id, original_filename, status, model, attempts, worker_id, error_code, error_detail, created_at, updated_at, finished_at)
    values ('${id}', '${ownerId}', '${mediaId}', '${SECRET_NAME}', '${status}', 'tiny', 2, '${WORKER_ID}', ${code}, 'It cannot be read.', now(), now(), ${finished})`);
  return id;
}

async function ask(
  operationId: string,
  { id = '', query = '', token = users.adminToken } = {},
): Promise<Response> {
  const { method, path } = contract.getOperation(operationId);
  const url = users.url + path.replace('{id}', id) + query;
  const response = await fetch(url, { method: method.toUpperCase(), headers: bearer(token) });
  expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
  return response;
}

async function list(query = ''): Promise<AdministeredJobList> {
  return jsonOf<AdministeredJobList>(await ask('listJobsOfAll', { query }));
}

const idsOf = ({ jobs }: AdministeredJobList): string[] => jobs.map(({ job_id: id }) => id);

async function lastEvent(): Promise<unknown> {
  const response = await fetch(`${users.url}/admin/audit?limit=1`, { headers: bearer(users.adminToken) });
  return (await jsonOf<AuditEventList>(response)).events[0];
}

describe('the list of the jobs of all', () => {
  it('is newest first, and says whose they are and why they failed', async () => {
    const { jobs, next_cursor: next } = await list();

    expect(jobs.map(({ job_id: id }) => id)).toEqual([queued, failed, users.bob.jobId, users.anna.jobId]);
    expect(next).toBeNull();
    expect(jobs[1]).toMatchObject({
      owner: { id: users.anna.id, username: 'anna' },
      status: 'failed',
      error: { code: 'corrupt_media', detail: 'It cannot be read.' },
      model: 'tiny',
      attempts: 2,
      worker_id: WORKER_ID,
    });
  });

  it('holds no name of a file and no text', async () => {
    const text = await (await ask('listJobsOfAll')).text();

    for (const content of [SECRET_NAME, 'talk.wav', 'words of']) expect(text).not.toContain(content);
  });

  it('is narrowed down by user, status, code, model and date', async () => {
    expect(idsOf(await list(`?user_id=${users.bob.id}`))).toEqual([queued, users.bob.jobId]);
    expect(idsOf(await list('?status=failed&status=queued'))).toEqual([queued, failed]);
    expect(idsOf(await list('?code=corrupt_media'))).toEqual([failed]);
    expect(idsOf(await list('?code=engine_crashed'))).toEqual([]);
    expect(idsOf(await list('?model=tiny'))).toEqual([queued, failed]);
    expect(idsOf(await list('?created_before=2026-01-01T00:00:00Z'))).toEqual([]);
    expect(idsOf(await list(`?user_id=${UNKNOWN_ID}`))).toEqual([]);
  });

  it('is paged by a cursor, which is for the same conditions only', async () => {
    const { next_cursor: cursor, ...first } = await list('?limit=3');
    const more = `&cursor=${String(cursor)}`;

    expect(idsOf({ ...first, next_cursor: null })).toHaveLength(3);
    expect(idsOf(await list(`?limit=3${more}`))).toEqual([users.anna.jobId]);
    for (const query of [`?user_id=${users.anna.id}${more}`, `?code=corrupt_media${more}`, '?cursor=x'])
      expect((await ask('listJobsOfAll', { query })).status).toBe(422);
  });

  it.each(['user_id=anna', 'code=%27', 'status=lost', 'model=gpt', 'text=talk', 'sort=duration', 'skip=1'])(
    'cannot be asked with %s',
    async (query) => {
      expect((await ask('listJobsOfAll', { query: `?${query}` })).status).toBe(422);
    },
  );

  it('is for administrators', async () => {
    expect((await ask('listJobsOfAll', { token: users.anna.token })).status).toBe(403);
  });
});

describe('a job of somebody', () => {
  it('is tried again by an administrator on the account of its owner, and the trail names both', async () => {
    const answer = await ask('retryJobOfAnybody', { id: failed });

    expect(answer.status).toBe(202);
    expect(await jsonOf<AdministeredJob>(answer)).toMatchObject({
      job_id: failed,
      owner: { username: 'anna' },
      status: 'queued',
      error: null,
      attempts: 0,
    });
    expect(await lastEvent()).toMatchObject({
      action: 'job.retried_by_admin',
      actor_name: 'admin',
      object_id: failed,
      details: { user_id: users.anna.id },
    });
  });

  it('is not tried again where its owner has as many as they may, or where there is nothing to try', async () => {
    const another = await addJob('00f3', users.anna, 'failed', `'corrupt_media'`, 'now()');

    expect((await problemOf(await ask('retryJobOfAnybody', { id: another }))).code).toBe(
      'too_many_active_jobs',
    );
    await ask('cancelJobOfAnybody', { id: failed });
    expect((await problemOf(await ask('retryJobOfAnybody', { id: users.anna.jobId }))).code).toBe(
      'job_not_retryable',
    );
  });

  it('is cancelled by an administrator, once, and the trail names both', async () => {
    const answer = await ask('cancelJobOfAnybody', { id: queued });
    const told = await lastEvent();

    expect(await jsonOf<AdministeredJob>(answer)).toMatchObject({ job_id: queued, status: 'cancelled' });
    expect(told).toMatchObject({
      action: 'job.cancelled_by_admin',
      actor_name: 'admin',
      object_id: queued,
      details: { user_id: users.bob.id },
    });
    expect((await ask('cancelJobOfAnybody', { id: queued })).status).toBe(200);
    expect(await lastEvent()).toEqual(told);
    expect((await problemOf(await ask('cancelJobOfAnybody', { id: users.bob.jobId }))).code).toBe(
      'job_not_active',
    );
  });

  it('is touched by nobody else, and what does not exist cannot be', async () => {
    for (const operationId of ['cancelJobOfAnybody', 'retryJobOfAnybody']) {
      expect((await ask(operationId, { id: failed, token: users.bob.token })).status).toBe(403);
      for (const id of [UNKNOWN_ID, 'x']) expect((await ask(operationId, { id })).status).toBe(404);
    }
  });
});

describe('the OpenAPI document', () => {
  it('describes no success about the jobs of all that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Jobs of all')).toEqual([]);
  });
});

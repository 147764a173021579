/** How long recordings are kept: as the service is set, and as their users choose. */
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import type { Job, Media, MediaRetention } from '@whisper-transcriber/client-sdk';
import { bearer } from '../support/accounts.js';
import { getTranscript, jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';
import { waitFor } from '../support/wait-for.js';

const CLIP = 'clips/fr/bonjour_monde.wav';
const KEEP = { policy: 'keep', days: null };
const AFTER_JOB = { policy: 'after_job', days: null };
const contract = new OpenApiContract();

describe('the retention that a user chooses', () => {
  let users: TwoUsers;

  beforeAll(async () => {
    users = await openTwoUsers({ MEDIA_RETENTION: '30d' });
  }, 90_000);

  afterAll(async () => {
    await users.close();
  });

  afterEach(async () => {
    await users.execute('delete from media_retention');
  });

  async function ask(operationId: string, body?: object): Promise<Response> {
    const response = await fetch(`${users.url}/media/retention`, {
      method: body === undefined ? 'GET' : 'PUT',
      headers: { ...bearer(users.anna.token), 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
    return response;
  }
  const read = async (): Promise<MediaRetention> => jsonOf<MediaRetention>(await ask('getMediaRetention'));
  const choose = (body: object): Promise<Response> => ask('setMediaRetention', body);
  const mediaOf = async ({ mediaId, token }: { mediaId: string; token: string }): Promise<Media> =>
    jsonOf<Media>(await fetch(`${users.url}/media/${mediaId}/info`, { headers: bearer(token) }));

  it('is that of the service at first', async () => {
    const longest = { policy: 'days', days: 30 };

    expect(await read()).toEqual({ ...longest, longest });
  });

  it.each([
    { policy: 'days', days: 7 },
    { policy: 'days', days: 30 },
    { policy: 'after_job', days: null },
  ])('may be %j', async (choice) => {
    const response = await choose(choice);

    expect([response.status, await response.json()]).toEqual([
      200,
      { ...choice, longest: { policy: 'days', days: 30 } },
    ]);
    expect(await read()).toMatchObject(choice);
  });

  it.each([{ policy: 'days', days: 31 }, KEEP])('cannot be %j, which is longer', async (choice) => {
    const response = await choose(choice);

    expect([response.status, (await problemOf(response)).code]).toEqual([422, 'retention_too_long']);
    expect(await read()).toMatchObject({ policy: 'days', days: 30 });
  });

  it.each([
    {},
    { policy: 'never' },
    { policy: 'days' },
    { policy: 'days', days: 0 },
    { policy: 'days', days: 1.5 },
    { policy: 'days', days: '7' },
  ])('cannot be %j, which is nothing', async (choice) => {
    const response = await choose(choice);

    expect([response.status, (await problemOf(response)).code]).toEqual([422, 'validation_failed']);
  });

  it('says of each recording when it goes, to its owner and of nobody else', async () => {
    await choose({ policy: 'days', days: 7 });
    const spanOf = ({ created_at: from, expires_at: to }: Media): number =>
      (Date.parse(to ?? '') - Date.parse(from)) / 86_400_000;

    expect(spanOf(await mediaOf(users.anna))).toBe(7);
    expect(spanOf(await mediaOf(users.bob))).toBe(30);
    await choose(AFTER_JOB);
    expect((await mediaOf(users.anna)).expires_at).toBeNull();
  });
});

describe('a service that keeps recordings until their jobs have ended', () => {
  let database: TestDatabase;
  let service: RunningService;

  beforeAll(async () => {
    database = await openOnServer();
    service = await startService({ env: { DATABASE_URL: database.url, MEDIA_RETENTION: 'after-job' } });
  }, 90_000);

  afterAll(async () => {
    await service.stop();
    await database.close();
  });

  const isThere = async (id: unknown): Promise<boolean> =>
    (await fetch(`${service.url}/media/${String(id)}`)).status === 200;
  const get = async ({ job_id: id }: Job): Promise<Job> =>
    jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`));

  it('deletes them when the transcript is there, which stays', async () => {
    const queued = await jsonOf<Job>(await upload(service.url, { file: CLIP }));
    await waitFor(async () => !(await isThere(queued.media_id)), { what: 'the recording to be deleted' });

    expect(await get(queued)).toMatchObject({ status: 'completed', media_id: null });
    expect((await getTranscript(service.url, queued.job_id)).text).toMatch(/bonjour/i);
  });

  it('does so whatever a user chose before that was set', async () => {
    await executeSql(database.url, `insert into media_retention select id, null from users`);
    const { media_id: id } = await transcribe(service.url, { file: CLIP });

    await waitFor(async () => !(await isThere(id)), { what: 'the recording to be deleted' });
  });
});

describe('a service that keeps recordings for good', () => {
  it('lets a user choose less, and the same again', async () => {
    const users = await openTwoUsers();
    const choose = async (choice: object): Promise<MediaRetention> =>
      jsonOf<MediaRetention>(
        await fetch(`${users.url}/media/retention`, {
          method: 'PUT',
          headers: { ...bearer(users.anna.token), 'content-type': 'application/json' },
          body: JSON.stringify(choice),
        }),
      );

    for (const choice of [{ policy: 'days', days: 3650 }, KEEP, AFTER_JOB, KEEP])
      expect(await choose(choice)).toEqual({ ...choice, longest: KEEP });
    await users.close();
  }, 90_000);
});

describe('recordings whose days are over', () => {
  it('are deleted at the next start, those that are needed are not', async () => {
    const database = await openOnServer();
    const env = { DATABASE_URL: database.url, MEDIA_RETENTION: '30d', WORKER_EMBEDDED: 'false' };
    const first = await startService({ env });
    const send = async (): Promise<Job> => jsonOf<Job>(await upload(first.url, { file: CLIP }));
    const [old, young, needed] = [await send(), await send(), await send()];
    await first.stop();
    const done = [old, young].map(({ job_id: id }) => `'${id}'`).join();
    const aged = [old, needed].map(({ media_id: id }) => `'${String(id)}'`).join();
    await executeSql(
      database.url,
      `update jobs set status = 'failed', error_code = 'corrupt_media', finished_at = now() where id in (${done});
       update media_files set created_at = created_at - interval '30 days' where id in (${aged})`,
    );
    const second = await startService({ env });
    const statusOf = async ({ media_id: id }: Job): Promise<number> =>
      (await fetch(`${second.url}/media/${String(id)}/info`)).status;

    await waitFor(async () => (await statusOf(old)) === 404);
    expect([await statusOf(young), await statusOf(needed)]).toEqual([200, 200]);
    await second.stop();
    await database.close();
  }, 120_000);
});

/** What administrators see of others where ADMIN_TRANSCRIPT_ACCESS is `audited`; that they see nothing otherwise is in other-users.spec.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, AuditEventList, JobList, MediaList } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey } from '../../support/accounts.js';
import { jsonOf } from '../../support/api-client.js';
import { ask, UNKNOWN_ID, withId, type Operation } from '../../support/operations.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';

/** The only ones, and what the trail says of each. */
const LOOKS: Readonly<Record<string, AuditEvent['action']>> = {
  getJob: 'job.looked_at',
  getJobHistory: 'job.looked_at',
  followJob: 'job.looked_at',
  getTranscript: 'transcript.looked_at',
  getPartialTranscript: 'transcript.looked_at',
  downloadTranscript: 'transcript.looked_at',
  listTranscriptVersions: 'transcript.looked_at',
  getTranscriptVersion: 'transcript.looked_at',
  getMediaInfo: 'media.looked_at',
  getMedia: 'media.looked_at',
  getMediaPeaks: 'media.looked_at',
};

const others = withId.filter(({ path }) => !path.startsWith('/admin/'));
const looks = others.filter(({ operationId }) => operationId in LOOKS);
const closed = others.filter(({ operationId }) => !(operationId in LOOKS));

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers({ ...NO_RATE_LIMITS, ADMIN_TRANSCRIPT_ACCESS: 'audited' });
}, 90_000);

afterAll(async () => {
  await users.close();
});

/** What belongs to anna. */
function thingOf({ path }: Operation): string {
  const { anna } = users;
  if (path.startsWith('/jobs/batches')) return anna.batchId;
  if (path.startsWith('/webhooks/deliveries')) return anna.deliveryId;
  if (path.startsWith('/webhooks')) return anna.webhookId;
  if (path.startsWith('/uploads/tus')) return anna.tusUploadId;
  if (path.startsWith('/uploads')) return anna.uploadId;
  if (path.startsWith('/auth/sessions')) return anna.sessionId;
  if (path.startsWith('/auth')) return anna.keyId;
  return path.startsWith('/media') ? anna.mediaId : anna.jobId;
}

async function events(): Promise<AuditEvent[]> {
  const response = await fetch(`${users.url}/admin/audit?object_id=${users.anna.jobId}`, {
    headers: bearer(users.adminToken),
  });
  return (await jsonOf<AuditEventList>(response)).events;
}

const looksIn = (trail: readonly AuditEvent[]): AuditEvent[] =>
  trail.filter(({ action }) => action.endsWith('.looked_at'));

describe('an administrator who may look', () => {
  it.each(looks)(
    "sees what is another's by $method $path, and the trail tells of it once",
    async (operation) => {
      const before = looksIn(await events()).length;
      for (const [times, id] of [thingOf(operation), thingOf(operation).toUpperCase()].entries()) {
        const response = await ask(users.url, operation, bearer(users.adminToken), id);
        const told = looksIn(await events());

        expect(response.status).toBe(200);
        await response.body?.cancel();
        expect(told).toHaveLength(before + times + 1);
        expect(told[0]).toMatchObject({
          action: LOOKS[operation.operationId],
          actor_name: 'admin',
          details: { user_id: users.anna.id },
        });
      }
    },
  );

  it.each(closed)("is told nothing of another's by $method $path", async (operation) => {
    const before = await events();
    const [there, nothing] = [
      await ask(users.url, operation, bearer(users.adminToken), thingOf(operation)),
      await ask(users.url, operation, bearer(users.adminToken), UNKNOWN_ID),
    ];

    expect(nothing.status).toBe(404);
    expect(there.status).toBe(404);
    expect(await events()).toEqual(before);
  });

  it('lists what is their own', async () => {
    const headers = bearer(users.adminToken);

    expect((await jsonOf<JobList>(await fetch(`${users.url}/jobs`, { headers }))).jobs).toEqual([]);
    expect((await jsonOf<MediaList>(await fetch(`${users.url}/media`, { headers }))).media).toEqual([]);
  });

  it('downloads under their own name', async () => {
    const download = looks.find(({ operationId }) => operationId === 'downloadTranscript');
    await ask(users.url, download!, bearer(users.adminToken), users.anna.jobId);

    expect((await events()).slice(0, 2)).toMatchObject([
      { action: 'transcript.exported', actor_name: 'admin' },
      { action: 'transcript.looked_at', actor_name: 'admin' },
    ]);
  });
});

describe('a look', () => {
  it.each(looks)(
    'by $method $path is not for other users, nor for keys that are not for administration',
    async (operation) => {
      const { key } = await createApiKey(
        users.url,
        ['read', 'transcribe', 'manage'],
        bearer(users.adminToken),
      );
      const before = await events();
      for (const token of [users.bob.token, key])
        expect((await ask(users.url, operation, bearer(token), thingOf(operation))).status).toBe(404);
      expect(await events()).toEqual(before);
    },
  );

  it.each(looks)("by $method $path at what is one's own, or at nothing, is not told", async (operation) => {
    const before = looksIn(await events());
    const own = await ask(users.url, operation, bearer(users.anna.token), thingOf(operation));
    await own.body?.cancel();

    expect(own.status).toBe(200);
    for (const id of [UNKNOWN_ID, 'x'])
      expect((await ask(users.url, operation, bearer(users.adminToken), id)).status).toBe(404);
    expect(looksIn(await events())).toEqual(before);
  });

  it('is open to a key of an administrator that is for reading and administration', async () => {
    const { key } = await createApiKey(users.url, ['read', 'admin'], bearer(users.adminToken));
    const response = await fetch(`${users.url}/transcripts/${users.anna.jobId}`, { headers: bearer(key) });

    expect(await response.text()).toContain('words of anna');
    expect((await events())[0]).toMatchObject({ action: 'transcript.looked_at', credential: 'api_key' });
  });
});

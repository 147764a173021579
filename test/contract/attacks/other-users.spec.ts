/** Attacks on what is another's, by their names. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedApiKey, Job, JobList, Me } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, createApiKey, postJson, signIn } from '../../support/accounts.js';
import { jsonOf, upload } from '../../support/api-client.js';
import { ask, operations, UNKNOWN_ID, withId, type Operation } from '../../support/operations.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { openTwoUsers, type TestUser, type TwoUsers } from '../../support/two-users.js';
import { insertWorker } from '../../support/workers.js';

const WORKER_ID = '0190aaaa-bbbb-7ccc-8ddd-0000000000f0';
const CLIP = 'clips/fr/bonjour_monde.wav';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers(NO_RATE_LIMITS);
}, 90_000);

afterAll(async () => {
  await users.close();
});

describe('IDOR', () => {
  /** For each operation with an id in its path: the id of what belongs to anna, or to the service. */
  const THINGS: Readonly<Record<string, (eventId: string) => string>> = {
    getJob: () => users.anna.jobId,
    getJobHistory: () => users.anna.jobId,
    followJob: () => users.anna.jobId,
    getBatch: () => users.anna.batchId,
    cancelBatch: () => users.anna.batchId,
    retryBatch: () => users.anna.batchId,
    deleteBatch: () => users.anna.batchId,
    cancelJob: () => users.anna.jobId,
    changeJob: () => users.anna.jobId,
    retryJob: () => users.anna.jobId,
    deleteJob: () => users.anna.jobId,
    getMediaInfo: () => users.anna.mediaId,
    getMedia: () => users.anna.mediaId,
    getMediaPeaks: () => users.anna.mediaId,
    transcribeMedia: () => users.anna.mediaId,
    deleteMedia: () => users.anna.mediaId,
    getTranscript: () => users.anna.jobId,
    getPartialTranscript: () => users.anna.jobId,
    downloadTranscript: () => users.anna.jobId,
    editTranscript: () => users.anna.jobId,
    listTranscriptVersions: () => users.anna.jobId,
    getTranscriptVersion: () => users.anna.jobId,
    restoreTranscriptVersion: () => users.anna.jobId,
    getTusOffset: () => users.anna.tusUploadId,
    appendToTusUpload: () => users.anna.tusUploadId,
    terminateTusUpload: () => users.anna.tusUploadId,
    overrideTusMethod: () => users.anna.tusUploadId,
    uploadChunk: () => users.anna.uploadId,
    uploadChunkAlias: () => users.anna.uploadId,
    finalizeUpload: () => users.anna.uploadId,
    resumeUpload: () => users.anna.uploadId,
    getUploadStatus: () => users.anna.uploadId,
    cancelUpload: () => users.anna.uploadId,
    revokeApiKey: () => users.anna.keyId,
    endSession: () => users.anna.sessionId,
    renameVoice: () => users.anna.voiceId,
    deleteVoice: () => users.anna.voiceId,
    getWebhook: () => users.anna.webhookId,
    changeWebhook: () => users.anna.webhookId,
    deleteWebhook: () => users.anna.webhookId,
    rotateWebhookSecret: () => users.anna.webhookId,
    testWebhook: () => users.anna.webhookId,
    listWebhookDeliveries: () => users.anna.webhookId,
    redeliver: () => users.anna.deliveryId,
    changeUser: () => users.anna.id,
    setUserQuotas: () => users.anna.id,
    disableUser: () => users.anna.id,
    enableUser: () => users.anna.id,
    signOutUser: () => users.anna.id,
    resetPassword: () => users.anna.id,
    deleteUser: () => users.anna.id,
    exportUserData: () => users.anna.id,
    getAuditEvent: (eventId) => eventId,
    getEvent: (eventId) => eventId,
    getModel: () => 'base',
    pullModel: () => 'base',
    cancelModelPull: () => 'base',
    removeModel: () => 'base',
    cancelJobOfAnybody: () => users.anna.jobId,
    retryJobOfAnybody: () => users.anna.jobId,
    pauseWorker: () => WORKER_ID,
    resumeWorker: () => WORKER_ID,
    drainWorker: () => WORKER_ID,
  };
  /** What administrators may do for all; everything else is their own only, as for everybody. */
  const isAdministration = ({ path }: Operation): boolean => path.startsWith('/admin/');
  let eventId: string;

  beforeAll(async () => {
    const [event] = await users.select('select id from audit_events limit 1');
    eventId = String(event?.['id']);
    await users.execute(insertWorker(WORKER_ID));
  });

  const thingOf = ({ operationId }: Operation): string => THINGS[operationId]?.(eventId) ?? '';

  /** The answer to the byte, but for its time. */
  async function tell(
    operation: Operation,
    token: string,
    id: string,
  ): Promise<{ status: number; headers: object; body: string }> {
    const response = await ask(users.url, operation, { ...bearer(token), 'x-request-id': 'the-same' }, id);
    const headers = { ...Object.fromEntries(response.headers), date: null };
    return { status: response.status, headers, body: await response.text() };
  }

  it('is tried with every id of the document', () => {
    expect(Object.keys(THINGS).toSorted()).toEqual(withId.map(({ operationId }) => operationId).toSorted());
  });

  it.each(withId)("$method $path answers for what is another's as for nothing", async (operation) => {
    const { key } = await createApiKey(users.url, ['read', 'transcribe', 'manage'], bearer(users.bob.token));
    const administrator = isAdministration(operation) ? [] : [users.adminToken];
    for (const token of [users.bob.token, key, ...administrator]) {
      const nothing = await tell(operation, token, UNKNOWN_ID);

      expect([403, 404]).toContain(nothing.status);
      for (const id of [thingOf(operation), thingOf(operation).toUpperCase()])
        expect(await tell(operation, token, id)).toEqual(nothing);
    }
  });

  it('has harmed nothing: what was tried is there, for whom it belongs to', async () => {
    for (const operation of withId.filter(({ method }) => method === 'GET')) {
      const { token } = isAdministration(operation) ? { token: users.adminToken } : users.anna;
      // What others have said is none of an administrator's business.
      const expected = operation.operationId === 'exportUserData' ? 403 : 200;
      expect((await ask(users.url, operation, bearer(token), thingOf(operation))).status).toBe(expected);
    }
    expect((await signIn(users.url, 'anna', ADMIN_PASSWORD)).status).toBe(200);
    const key = operations.find(({ operationId }) => operationId === 'revokeApiKey');
    if (key === undefined) throw new Error('keys can be revoked');
    expect((await ask(users.url, key, bearer(users.anna.token), users.anna.keyId)).status).toBe(204);
  });
});

describe('mass assignment of role', () => {
  async function listJobs({ token }: TestUser): Promise<string[]> {
    const { jobs } = await jsonOf<JobList>(await fetch(`${users.url}/jobs`, { headers: bearer(token) }));
    return jobs.map(({ job_id: id }) => id);
  }

  it.each([
    ['/auth/login', { username: 'anna', password: ADMIN_PASSWORD }],
    [
      '/auth/change-password',
      { current_password: ADMIN_PASSWORD, new_password: 'another horse and battery' },
    ],
    ['/auth/api-keys', { name: 'x', scopes: ['read'] }],
  ])('at %s is refused, and changes nothing', async (path, body) => {
    for (const more of [
      { role: 'admin' },
      { is_admin: true },
      { roles: ['admin'] },
      { user_id: users.bob.id },
    ])
      expect((await postJson(users.url + path, { ...body, ...more }, bearer(users.anna.token))).status).toBe(
        422,
      );

    const me = await fetch(`${users.url}/auth/me`, { headers: bearer(users.anna.token) });
    expect((await jsonOf<Me>(me)).roles).toEqual(['user']);
  });

  it.each(['owner_id', 'user_id', 'role', 'id', 'status'])(
    'of %s in the form of an upload is refused',
    async (field) => {
      const input = { file: CLIP, fields: { [field]: users.bob.id }, headers: bearer(users.anna.token) };

      expect((await upload(users.url, input)).status).toBe(422);
    },
  );

  it('when an administrator creates a user is refused as well', async () => {
    for (const more of [{ is_admin: true }, { id: users.bob.id }, { must_change_password: false }]) {
      const body = { username: 'hugo', role: 'user', ...more };
      const response = await postJson(`${users.url}/admin/users`, body, bearer(users.adminToken));
      expect(response.status).toBe(422);
    }
  });

  it('by an X-User-ID header gives what is uploaded to nobody else', async () => {
    const before = await listJobs(users.bob);
    const headers = { ...bearer(users.anna.token), 'x-user-id': users.bob.id };
    const job = await jsonOf<Job>(await upload(users.url, { file: CLIP, headers }));

    expect(await listJobs(users.bob)).toEqual(before);
    expect(await listJobs(users.anna)).toContain(job.job_id);
  });

  it('by a prototype gives nothing', async () => {
    const body = `{"name":"x","scopes":["read"],"__proto__":{"role":"admin"},"constructor":{"role":"admin"}}`;
    const response = await fetch(`${users.url}/auth/api-keys`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...bearer(users.anna.token) },
    });

    const { key } = await jsonOf<CreatedApiKey>(response);
    const me = await jsonOf<Me>(await fetch(`${users.url}/auth/me`, { headers: bearer(key) }));
    expect([me.id, me.roles, me.scopes]).toEqual([users.anna.id, ['user'], ['read']]);
  });
});

/**
 * Every route of the OpenAPI document, asked by those who may not. A route that this file knows nothing of fails. What is another's is in
 * attacks/other-users.spec.ts (IDOR).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKeyList, JobList, SessionList } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey } from '../support/accounts.js';
import { jsonOf, problemOf } from '../support/api-client.js';
import type { OpenAiError } from '../support/openai-requests.js';
import { ask, operations, type Operation } from '../support/operations.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

/** `administrator`: one who is signed in. */
type Access = 'open' | 'credentials' | 'session' | 'administrator' | readonly string[];

const SCOPES = ['transcribe', 'read', 'manage', 'admin'];

/** What each operation asks of its caller. */
const EXPECTED: Readonly<Record<string, Access>> = {
  getHealth: 'open',
  getLiveness: 'open',
  getLivez: 'open',
  getReadiness: 'open',
  getReadyz: 'open',
  getStartup: 'open',
  getStartupz: 'open',
  getVersion: 'open',
  getMetrics: 'open',
  getUploadMetrics: 'open',
  // Clients of tus may ask what is spoken before they say who they are.
  describeTus: 'open',
  describeTusAtUpload: 'open',
  signIn: 'open',
  signInUnderApi: 'open',
  createToken: 'open',
  refreshTokens: 'open',
  getMe: 'credentials',
  getMeUnderApi: 'credentials',
  signOut: 'open',
  changePassword: 'session',
  changePasswordAtRoot: 'session',
  exportMyData: ['read'],
  deleteAccount: 'session',
  listSessions: 'session',
  endSession: 'session',
  listApiKeys: ['manage'],
  createApiKey: ['manage'],
  revokeApiKey: ['manage'],
  createTranscription: ['transcribe'],
  createTranscriptionUnderApi: ['transcribe'],
  createJob: ['transcribe'],
  createTusUpload: ['transcribe'],
  getTusOffset: ['transcribe'],
  appendToTusUpload: ['transcribe'],
  terminateTusUpload: ['transcribe'],
  overrideTusMethod: ['transcribe'],
  initializeUpload: ['transcribe'],
  initUpload: ['transcribe'],
  uploadByUrl: ['transcribe'],
  uploadChunk: ['transcribe'],
  uploadChunkAlias: ['transcribe'],
  finalizeUpload: ['transcribe'],
  resumeUpload: ['read'],
  getUploadStatus: ['read'],
  cancelUpload: ['transcribe'],
  listUploads: ['read'],
  listModels: ['read', 'transcribe'],
  listOpenAiModels: ['read', 'transcribe'],
  getOpenAiModel: ['read', 'transcribe'],
  createOpenAiTranscription: ['transcribe'],
  createOpenAiTranslation: ['transcribe'],
  listJobs: ['read'],
  getUsage: ['read', 'transcribe'],
  getJob: ['read'],
  getJobHistory: ['read'],
  followJob: ['read'],
  followJobs: ['read'],
  createBatch: ['transcribe'],
  listBatches: ['read'],
  getBatch: ['read'],
  cancelBatch: ['transcribe'],
  retryBatch: ['transcribe'],
  deleteBatch: ['transcribe'],
  cancelJob: ['transcribe'],
  changeJob: ['transcribe'],
  retryJob: ['transcribe'],
  deleteJob: ['transcribe'],
  listVoices: ['read'],
  createVoice: ['manage'],
  createVoiceOfSpeaker: ['manage'],
  renameVoice: ['manage'],
  deleteVoice: ['manage'],
  createWebhook: ['manage'],
  listWebhooks: ['read'],
  getWebhook: ['read'],
  changeWebhook: ['manage'],
  deleteWebhook: ['manage'],
  rotateWebhookSecret: ['manage'],
  rotateCallbackSecret: ['manage'],
  testWebhook: ['manage'],
  listDeliveries: ['read'],
  listWebhookDeliveries: ['read'],
  redeliver: ['manage'],
  uploadMedia: ['transcribe'],
  transcribeMedia: ['transcribe'],
  listMedia: ['read'],
  getMediaRetention: ['read'],
  setMediaRetention: ['manage'],
  getMediaInfo: ['read'],
  getMedia: ['read'],
  getMediaPeaks: ['read'],
  deleteMedia: ['transcribe'],
  getTranscript: ['read'],
  getPartialTranscript: ['read'],
  downloadTranscript: ['read'],
  exportTranscripts: ['read'],
  searchTranscripts: ['read'],
  editTranscript: ['transcribe'],
  listTranscriptVersions: ['read'],
  getTranscriptVersion: ['read'],
  restoreTranscriptVersion: ['transcribe'],
  listUsers: ['admin'],
  createUser: 'administrator',
  changeUser: ['admin'],
  setUserQuotas: ['admin'],
  disableUser: ['admin'],
  enableUser: ['admin'],
  signOutUser: ['admin'],
  resetPassword: 'administrator',
  deleteUser: ['admin'],
  exportUserData: ['admin'],
  listAuditEvents: ['admin'],
  listEvents: ['admin'],
  exportAuditEvents: ['admin'],
  getAuditEvent: ['admin'],
  getEvent: ['admin'],
  listModelsInDetail: ['admin'],
  getModel: ['admin'],
  pullModel: ['admin'],
  cancelModelPull: ['admin'],
  removeModel: ['admin'],
  getOverview: ['admin'],
  getSystemHealth: ['admin'],
  listSettings: ['admin'],
  changeSettings: ['admin'],
  listJobsOfAll: ['admin'],
  cancelJobOfAnybody: ['admin'],
  retryJobOfAnybody: ['admin'],
  listUploadsOfAll: ['admin'],
  listMediaOfAll: ['admin'],
  getStorage: ['admin'],
  collectStorage: ['admin'],
  getQueue: ['admin'],
  listWorkers: ['admin'],
  pauseWorker: ['admin'],
  resumeWorker: ['admin'],
  drainWorker: ['admin'],
};

const accessOf = ({ operationId }: Operation): Access => EXPECTED[operationId] ?? 'open';
const closed = operations.filter((operation) => accessOf(operation) !== 'open');
const scoped = closed.filter((operation) => typeof accessOf(operation) !== 'string');

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers({ ADMIN_TRANSCRIPT_ACCESS: 'audited' });
}, 90_000);

afterAll(async () => {
  await users.close();
});

const OF_STATUS: Readonly<Record<number, string>> = { 401: 'unauthenticated', 403: 'access_denied' };

/** Status and code of the answer. That to HEAD has no body, and so no code; that under /v1 has another one. */
async function outcome(operation: Operation, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await ask(users.url, operation, headers);
  const { status } = response;
  if (operation.method === 'HEAD') return [status, OF_STATUS[status]];
  if (operation.path.startsWith('/v1/') && status >= 400) {
    const { error } = await jsonOf<OpenAiError>(response);
    return [status, error.type === 'invalid_request_error' ? OF_STATUS[status] : error];
  }
  return [status, status < 400 ? null : (await problemOf(response)).code];
}

describe('the walk', () => {
  it('knows every operation of the document, and none that is not there', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(
      operations.map(({ operationId }) => operationId).toSorted(),
    );
  });

  it.each(operations)('finds in the document whether $operationId needs credentials', (operation) => {
    const needs = (operation.security ?? []).length > 0;

    // The metrics have tokens of their own.
    const hasToken = ['getMetrics', 'getUploadMetrics'].includes(operation.operationId);
    expect(needs).toBe(accessOf(operation) !== 'open' || hasToken);
  });
});

describe('without credentials', () => {
  it.each(closed)('$method $path is refused', async (operation) => {
    expect(await outcome(operation, {})).toEqual([401, 'unauthenticated']);
  });
});

describe('with wrong credentials', () => {
  it.each(closed)('$method $path is refused', async (operation) => {
    const forged = `${users.adminToken.slice(0, -4)}AAAA`;
    const key = `wt_${'a'.repeat(43)}`;
    for (const headers of [
      bearer(key),
      { 'x-api-key': key },
      bearer(forged),
      { cookie: `auth_token=${forged}`, origin: users.url },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
      { ...bearer(users.adminToken), 'x-api-key': key },
    ])
      expect(await outcome(operation, headers)).toEqual([401, 'unauthenticated']);
  });
});

describe('with a key that lacks the scope', () => {
  it.each(scoped)('$method $path is refused, and with it the way is free', async (operation) => {
    const needed = accessOf(operation);
    const make = async (scopes: readonly string[]): Promise<Record<string, string>> =>
      bearer((await createApiKey(users.url, scopes, bearer(users.adminToken))).key);
    const others = SCOPES.filter((scope) => !needed.includes(scope));

    expect(await outcome(operation, await make(others))).toEqual([403, 'access_denied']);
    for (const scope of needed) {
      const { status } = await ask(users.url, operation, await make([scope]));
      expect([401, 403]).not.toContain(status);
    }
    await users.execute(
      "delete from api_keys where user_id not in (select id from users where role = 'user')",
    );
  });

  it.each(closed.filter((operation) => ['session', 'administrator'].includes(String(accessOf(operation)))))(
    '$method $path is refused to every key',
    async (operation) => {
      const { key } = await createApiKey(users.url, SCOPES, bearer(users.adminToken));

      expect(await outcome(operation, bearer(key))).toEqual([403, 'access_denied']);
    },
  );
});

describe('with the credentials of a user', () => {
  it.each(operations.filter((operation) => String(accessOf(operation)).includes('admin')))(
    '$method $path is refused',
    async (operation) => {
      expect(await outcome(operation, bearer(users.bob.token))).toEqual([403, 'access_denied']);
    },
  );

  it('the lists hold what is theirs', async () => {
    const read = async <T>(path: string): Promise<T> =>
      jsonOf<T>(await fetch(users.url + path, { headers: bearer(users.bob.token) }));

    const { jobs, total } = await read<JobList>('/jobs');
    expect([jobs.map(({ job_id: id }) => id), total]).toEqual([[users.bob.jobId], 1]);
    const { api_keys: keys } = await read<ApiKeyList>('/auth/api-keys');
    expect(keys.map(({ id }) => id)).toEqual([users.bob.keyId]);
    const { sessions } = await read<SessionList>('/auth/sessions');
    expect(sessions.map(({ id }) => id)).toEqual([users.bob.sessionId]);
  });
});

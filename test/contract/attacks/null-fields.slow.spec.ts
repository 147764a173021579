/** Attacks with null where a field may be left out. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD, bearer } from '../../support/accounts.js';
import { problemOf } from '../../support/api-client.js';
import { operations, type Operation, UNKNOWN_ID } from '../../support/operations.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';

const PASSWORDS = { current_password: ADMIN_PASSWORD, new_password: 'another horse and battery' };
const FILE = { filename: 'talk.wav', file_size: 10 };
/** For each operation with optional fields in a JSON body, a body that is sound without them. */
const SOUND: Readonly<Record<string, object>> = {
  createToken: { username: 'anna', password: ADMIN_PASSWORD },
  refreshTokens: {},
  signOut: {},
  changePassword: PASSWORDS,
  changePasswordAtRoot: PASSWORDS,
  createApiKey: { name: 'for tests', scopes: ['read'] },
  uploadByUrl: { url: 'https://recordings.example/talk.wav' },
  initializeUpload: FILE,
  initUpload: FILE,
  transcribeMedia: {},
  createBatch: { media_ids: [UNKNOWN_ID] },
  retryJob: {},
  createWebhook: { url: 'https://hooks.example/' },
  changeWebhook: {},
  setMediaRetention: { policy: 'days' },
  editTranscript: {},
  exportTranscripts: { job_ids: ['0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee'] },
};

const cases = operations.flatMap((operation) =>
  operation.optionalFields.map((field) => ({ operation, field, operationId: operation.operationId })),
);

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

function send({ path, method, operationId }: Operation, nulls: object): Promise<Response> {
  const url = users.url + path.replace(/\{\w+\}/, users.anna.mediaId);
  return fetch(url, {
    method,
    body: JSON.stringify({ ...SOUND[operationId], ...nulls }),
    headers: { 'content-type': 'application/json', ...bearer(users.anna.token) },
  });
}

describe('null', () => {
  it('is tried on every operation that has optional fields in a JSON body', () => {
    expect(new Set(cases.map(({ operationId }) => operationId))).toEqual(new Set(Object.keys(SOUND)));
  });

  it.each(cases)('is no $field of $operationId', async ({ operation, field }) => {
    const response = await send(operation, { [field]: null });

    expect([response.status, (await problemOf(response)).errors?.map((error) => error.field)]).toEqual([
      422,
      [field],
    ]);
  });
});

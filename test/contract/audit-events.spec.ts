/** What each operation of the OpenAPI document leaves in the audit trail. One that this file knows nothing of fails. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  AdminModel,
  CreatedApiKey,
  Job,
  Tokens,
  UserWithPassword,
} from '@whisper-transcriber/client-sdk';
import {
  AUDIT_ACTION_NAMES,
  AUDIT_ACTIONS,
  type AuditAction,
} from '../../src/modules/auth/audit/audit-actions.view.js';
import { ADMIN_PASSWORD, bearer, BOOTSTRAP_PASSWORD } from '../support/accounts.js';
import { fixturePath, jsonOf } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { LARGE_FILE, openMiniatureHub } from '../support/miniature-model.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const RECORDING = 'clips/fr/bonjour_monde.wav';
const FIRST_BOOTSTRAP_PASSWORD = 'Zq7-before-that-one';
const USER_PASSWORD = 'another horse and battery';
const UNKNOWN_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const JOB_ID = '0190aaaa-bbbb-7ccc-8ddd-000000000001';

interface Answer {
  readonly response: Response;
  readonly requestId: string;
}

interface Question {
  readonly id?: string;
  readonly token?: string;
  readonly body?: object | FormData;
}

/** What is to be in the trail once an operation was carried out. */
interface Expected {
  readonly answer: Answer;
  readonly action: AuditAction;
  readonly objectId: string | null;
  readonly details?: object;
  /** Absent: the administrator. */
  readonly actor?: Person;
}

interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

const DOCUMENT = new URL('../../libs/client-sdk/openapi.json', import.meta.url);
const { paths } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string }>>;
};
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({
    operationId,
    path,
    method: method.toUpperCase(),
  })),
);

let database: TestDatabase;
let hub: HubMirror;
let service: RunningService;
let admin: Person;
/** Everything that must not be found in the trail. */
const secrets = [FIRST_BOOTSTRAP_PASSWORD, BOOTSTRAP_PASSWORD, ADMIN_PASSWORD, USER_PASSWORD, 'bonjour'];
let asked = 0;

const start = (bootstrapPassword: string): Promise<RunningService> =>
  startService({
    env: {
      DATABASE_URL: database.url,
      MODEL_HUB_URL: hub.url,
      WORKER_EMBEDDED: 'false',
      ANONYMOUS_LOCAL: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: bootstrapPassword,
    },
  });

beforeAll(async () => {
  database = await openOnServer();
  hub = await openMiniatureHub();
  service = await start(FIRST_BOOTSTRAP_PASSWORD);
  await service.stop();
  service = await start(BOOTSTRAP_PASSWORD);
  const [row] = await query(database.url, `select id from users where username = 'admin'`);
  const person = { id: row?.['id'] as string, name: 'admin', token: '' };
  const first = await signIn('admin', BOOTSTRAP_PASSWORD);
  admin = await changed({ ...person, token: first.access_token }, BOOTSTRAP_PASSWORD, ADMIN_PASSWORD);
  await executeSql(
    database.url,
    `insert into media_files values ('${JOB_ID}', 'talk.wav', '${JOB_ID}', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${admin.id}');
     insert into jobs (id, owner_id, media_file_id, original_filename, status, model, created_at, updated_at, finished_at)
       values ('${JOB_ID}', '${admin.id}', '${JOB_ID}', 'talk.wav', 'completed', 'base', now(), now(), now());
     insert into transcripts values ('${JOB_ID}', 'base', 'en', 1, 60, 'bonjour', '[]', now())`,
  );
}, 90_000);

afterAll(async () => {
  await service.stop();
  await hub.close();
  await database.close();
});

async function ask(operationId: string, { id = UNKNOWN_ID, token, body }: Question = {}): Promise<Answer> {
  const operation = operations.find((candidate) => candidate.operationId === operationId);
  if (operation === undefined) throw new Error(`There is no operation ${operationId}`);
  asked += 1;
  const requestId = `request-${asked}`;
  const isForm = body instanceof FormData;
  const response = await fetch(service.url + operation.path.replace(/\{\w+\}/, id), {
    method: operation.method,
    headers: {
      'x-request-id': requestId,
      ...(token === undefined ? {} : bearer(token)),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : isForm ? body : JSON.stringify(body),
  });
  return { response, requestId };
}

function eventsOf({ requestId }: Answer): Promise<Record<string, unknown>[]> {
  return query(database.url, `select * from audit_events where request_id = '${requestId}' order by id`);
}

async function signIn(username: string, password: string): Promise<Tokens> {
  const { response } = await ask('signIn', { body: { username, password } });
  return remembered(await jsonOf<Tokens>(response));
}

function sessionOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid;
}

function remembered(tokens: Tokens): Tokens {
  secrets.push(tokens.access_token, tokens.refresh_token ?? '');
  return tokens;
}

async function changed(person: Person, current: string, next: string): Promise<Person> {
  const body = { current_password: current, new_password: next };
  const { response } = await ask('changePassword', { token: person.token, body });
  return { ...person, token: remembered(await jsonOf<Tokens>(response)).access_token };
}

async function createUser(): Promise<{ answer: Answer; name: string; id: string; password: string }> {
  const name = `user-${asked}`;
  const answer = await ask('createUser', { token: admin.token, body: { username: name, role: 'user' } });
  const { id, one_time_password: password } = await jsonOf<UserWithPassword>(answer.response);
  secrets.push(password);
  return { answer, name, id, password };
}

/** A user who has changed the password that was given. */
async function addUser(): Promise<Person> {
  const { id, name, password } = await createUser();
  const { access_token: token } = await signIn(name, password);
  return changed({ id, name, token }, password, USER_PASSWORD);
}

async function createKey(person: Person): Promise<{ answer: Answer; id: string; key: string }> {
  const body = { name: 'for tests', scopes: ['read', 'transcribe'] };
  const answer = await ask('createApiKey', { token: person.token, body });
  const { id, key } = await jsonOf<CreatedApiKey>(answer.response);
  secrets.push(key);
  return { answer, id, key };
}

async function signedInBy(operationId: string): Promise<Expected> {
  const answer = await ask(operationId, { body: { username: 'ADMIN', password: ADMIN_PASSWORD } });
  const { access_token: token } = remembered(await jsonOf<Tokens>(answer.response));
  return { answer, actor: { ...admin, token }, action: 'sign_in.succeeded', objectId: admin.id };
}

async function passwordChangedBy(operationId: string): Promise<Expected> {
  const actor = await addUser();
  const body = { current_password: USER_PASSWORD, new_password: ADMIN_PASSWORD };
  const answer = await ask(operationId, { token: actor.token, body });
  remembered(await jsonOf<Tokens>(answer.response));
  const details = { sessions: 1, session_id: expect.any(String) };
  return { answer, actor, action: 'password.changed', objectId: actor.id, details };
}

async function uploadedBy(operationId: string): Promise<Expected> {
  const form = new FormData();
  form.set('file', new Blob([readFileSync(fixturePath(RECORDING))]), 'bonjour.wav');
  const answer = await ask(operationId, { token: admin.token, body: form });
  const { job_id: objectId } = await jsonOf<Job>(answer.response);
  return {
    answer,
    action: 'job.created',
    objectId,
    details: { media_file_id: expect.any(String), model: 'base' },
  };
}

async function changeOfUser(
  operationId: string,
  action: AuditAction,
  details: object = {},
): Promise<Expected> {
  const { id } = await addUser();
  return { answer: await ask(operationId, { id, token: admin.token }), action, objectId: id, details };
}

const ofModel = (operationId: string): Promise<Answer> =>
  ask(operationId, { id: 'tiny', token: admin.token });
const stateOf = async (): Promise<string> =>
  (await jsonOf<AdminModel>((await ofModel('getModel')).response)).state;

/** Operations that are told of, carried out. */
const TOLD: Readonly<Record<string, () => Promise<Expected>>> = {
  signIn: () => signedInBy('signIn'),
  signInUnderApi: () => signedInBy('signInUnderApi'),
  createToken: () => signedInBy('createToken'),
  signOut: async () => {
    const actor = await addUser();
    const answer = await ask('signOut', { token: actor.token });
    return { answer, actor, action: 'sign_out', objectId: sessionOf(actor.token) };
  },
  endSession: async () => {
    const actor = await addUser();
    const objectId = sessionOf((await signIn(actor.name, USER_PASSWORD)).access_token);
    const answer = await ask('endSession', { id: objectId, token: actor.token });
    return { answer, actor, action: 'session.ended', objectId };
  },
  changePassword: () => passwordChangedBy('changePassword'),
  changePasswordAtRoot: () => passwordChangedBy('changePasswordAtRoot'),
  createApiKey: async () => {
    const { answer, id: objectId } = await createKey(admin);
    const details = { scopes: ['read', 'transcribe'], expires_at: null };
    return { answer, action: 'api_key.created', objectId, details };
  },
  revokeApiKey: async () => {
    const { id: objectId } = await createKey(admin);
    const answer = await ask('revokeApiKey', { id: objectId, token: admin.token });
    return { answer, action: 'api_key.revoked', objectId };
  },
  createTranscription: () => uploadedBy('createTranscription'),
  createTranscriptionUnderApi: () => uploadedBy('createTranscriptionUnderApi'),
  createJob: () => uploadedBy('createJob'),
  downloadTranscript: async () => {
    const answer = await ask('downloadTranscript', { id: JOB_ID, token: admin.token });
    return { answer, action: 'transcript.exported', objectId: JOB_ID, details: { format: 'txt' } };
  },
  createUser: async () => {
    const { answer, id, name } = await createUser();
    return { answer, action: 'user.created', objectId: id, details: { username: name, role: 'user' } };
  },
  disableUser: () => changeOfUser('disableUser', 'user.disabled', { sessions: 1 }),
  enableUser: () => changeOfUser('enableUser', 'user.enabled'),
  resetPassword: async () => {
    const expected = await changeOfUser('resetPassword', 'user.password_reset', { sessions: 1 });
    const body = await jsonOf<UserWithPassword>(expected.answer.response.clone());
    secrets.push(body.one_time_password);
    return expected;
  },
  deleteUser: async () => {
    const person = await addUser();
    await createKey(person);
    const form = new FormData();
    form.set('file', new Blob([readFileSync(fixturePath(RECORDING))]), 'bonjour.wav');
    await ask('createJob', { token: person.token, body: form });
    const answer = await ask('deleteUser', { id: person.id, token: admin.token });
    const details = { username: person.name, sessions: 1, api_keys: 1, jobs: 1, media_files: 1 };
    return { answer, action: 'user.deleted', objectId: person.id, details };
  },
  pullModel: async () => {
    hub.break({ at: LARGE_FILE, times: 100, pauseMs: 50 });
    return { answer: await ofModel('pullModel'), action: 'model.pull_started', objectId: 'tiny' };
  },
  cancelModelPull: async () => ({
    answer: await ofModel('cancelModelPull'),
    action: 'model.pull_cancelled',
    objectId: 'tiny',
  }),
  removeModel: async () => {
    hub.break();
    await ofModel('pullModel');
    await waitFor(async () => (await stateOf()) === 'ready');
    return { answer: await ofModel('removeModel'), action: 'model.removed', objectId: 'tiny' };
  },
  exportAuditEvents: async () => {
    const answer = await ask('exportAuditEvents', { token: admin.token });
    return { answer, action: 'audit.exported', objectId: null, details: { format: 'csv', filter: {} } };
  },
};

/** Operations that change something and are not told of. */
const SILENT: Readonly<Record<string, string>> = {
  refreshTokens: 'It prolongs a session whose beginning is told of, every hour anew.',
};

describe('the operations of the document', () => {
  it('that change something are known here, each of them once', () => {
    const changing = operations.filter(({ method }) => method !== 'GET');
    const known = [...Object.keys(TOLD), ...Object.keys(SILENT)];

    expect(known).toEqual([...new Set(known)]);
    expect(known).toEqual(expect.arrayContaining(changing.map(({ operationId }) => operationId)));
  });

  it.each(Object.keys(TOLD))('%s leaves one event in the trail', async (operationId) => {
    const carryOut = TOLD[operationId]!;
    const { answer, action, objectId, details = {}, actor = admin } = await carryOut();

    expect(answer.response.ok).toBe(true);
    expect(await eventsOf(answer)).toEqual([
      {
        id: expect.any(String),
        occurred_at: expect.any(Date),
        action,
        outcome: 'success',
        actor_kind: 'user',
        actor_id: actor.id,
        actor_name: actor.name,
        credential: 'session',
        credential_id: sessionOf(actor.token),
        object_kind: AUDIT_ACTIONS[action].object,
        object_id: objectId,
        address: '127.0.0.1',
        request_id: answer.requestId,
        details,
      },
    ]);
  });

  it('refreshTokens leaves none', async () => {
    const { refresh_token } = await signIn('admin', ADMIN_PASSWORD);
    const answer = await ask('refreshTokens', { body: { refresh_token } });
    remembered(await jsonOf<Tokens>(answer.response));

    expect([answer.response.status, await eventsOf(answer)]).toEqual([200, []]);
  });

  it.each(operations.filter(({ method, operationId }) => method === 'GET' && !(operationId in TOLD)))(
    '$operationId, which only reads, leaves none',
    async ({ operationId }) => {
      const answer = await ask(operationId, { id: JOB_ID, token: admin.token });

      expect(await eventsOf(answer)).toEqual([]);
    },
  );

  it('leave none when they are refused or change nothing', async () => {
    const { token } = admin;
    for (const answer of [
      await ask('createUser', { token, body: { username: 'admin', role: 'user' } }),
      await ask('createUser', { token, body: { username: 'x', role: 'user' } }),
      await ask('disableUser', { token, id: admin.id }),
      await ask('deleteUser', { token }),
      await ask('revokeApiKey', { token }),
      await ask('endSession', { token }),
      await ask('createJob', { token, body: new FormData() }),
      await ask('downloadTranscript', { token }),
      await ask('removeModel', { token, id: 'base' }),
      await ask('removeModel', { token, id: 'large' }),
      await ask('pullModel', { token, id: 'base' }),
      await ask('cancelModelPull', { token, id: 'small' }),
      await ask('exportAuditEvents', { token: 'wrong' }),
      await ask('refreshTokens', { body: { refresh_token: 'wrong' } }),
    ])
      expect(await eventsOf(answer)).toEqual([]);
  });

  it('name the key by which they were asked for', async () => {
    const { id, key } = await createKey(admin);
    const answer = await ask('downloadTranscript', { id: JOB_ID, token: key });

    expect(await eventsOf(answer)).toMatchObject([
      { actor_id: admin.id, credential: 'api_key', credential_id: id },
    ]);
  });
});

describe('a sign-in', () => {
  const fail = (username: string): Promise<Answer> =>
    ask('signIn', { body: { username, password: 'a wrong one' } });

  it('that fails names the user whom somebody tried to be', async () => {
    const { id, name } = await addUser();

    expect(await eventsOf(await fail(name))).toMatchObject([
      {
        action: 'sign_in.failed',
        outcome: 'failure',
        actor_kind: 'anonymous',
        actor_id: null,
        actor_name: null,
        credential: null,
        object_id: id,
        address: '127.0.0.1',
      },
    ]);
  });

  it('that fails leaves nothing of a name that is nobody’s: it may be a password', async () => {
    secrets.push('my-secret-password');

    expect(await eventsOf(await fail('my-secret-password'))).toMatchObject([
      { action: 'sign_in.failed', object_kind: 'user', object_id: null, details: {} },
    ]);
  });

  it('that begins a pause is told of once, and what the pause refuses is not', async () => {
    const { id, name } = await addUser();
    const answers = await Promise.all(Array.from({ length: 30 }, () => fail(name)));
    const events = (await Promise.all(answers.map(eventsOf))).flat();
    const count = (action: string): number => events.filter((event) => event['action'] === action).length;

    expect(answers.filter(({ response }) => response.status === 429)).toHaveLength(25);
    expect([count('sign_in.failed'), count('sign_in.limited'), events.length]).toEqual([5, 1, 6]);
    expect(events).toContainEqual(
      expect.objectContaining({ action: 'sign_in.limited', object_id: id, details: { pause_seconds: 1 } }),
    );
  });

  it('with a refresh token that was used before is told of as its reuse', async () => {
    const person = await addUser();
    const { refresh_token } = await signIn(person.name, USER_PASSWORD);
    await ask('refreshTokens', { body: { refresh_token } });

    expect(await eventsOf(await ask('refreshTokens', { body: { refresh_token } }))).toMatchObject([
      {
        action: 'session.reuse_detected',
        outcome: 'failure',
        actor_kind: 'anonymous',
        object_kind: 'session',
        details: { user_id: person.id },
      },
    ]);
  });
});

describe('a password', () => {
  it('that is not changed, because the current one is wrong, is told of', async () => {
    const person = await addUser();
    const body = { current_password: 'a wrong one', new_password: ADMIN_PASSWORD };
    const answer = await ask('changePassword', { token: person.token, body });

    expect(await eventsOf(answer)).toMatchObject([
      { action: 'password.change_failed', outcome: 'failure', actor_id: person.id, object_id: person.id },
    ]);
  });

  it('of the first administrator is told of when the service gives it', async () => {
    const events = await query(database.url, `select * from audit_events where actor_kind = 'system'`);

    expect(events).toMatchObject([
      { action: 'first_administrator.created', object_id: admin.id, address: null, request_id: null },
      { action: 'first_administrator.password_replaced', object_id: admin.id },
    ]);
  });
});

// These look back at what is above.
describe('the trail', () => {
  it('has seen every action that there is', async () => {
    const rows = await query(database.url, 'select distinct action from audit_events');

    expect(rows.map(({ action }) => action as string).toSorted()).toEqual(AUDIT_ACTION_NAMES.toSorted());
  });

  it('outlives those of whom it tells', async () => {
    const person = await addUser();
    const { answer } = await createKey(person);
    await ask('deleteUser', { id: person.id, token: admin.token });

    expect(await eventsOf(answer)).toMatchObject([{ actor_id: person.id, actor_name: person.name }]);
  });

  it('holds no secret, no file name and nothing that was said', async () => {
    const rows = JSON.stringify(await query(database.url, 'select * from audit_events'));

    expect(secrets.length).toBeGreaterThan(50);
    for (const secret of secrets.filter((text) => text !== '')) expect(rows).not.toContain(secret);
  });

  it('is in the log too, by ids only', async () => {
    const { answer, id, name } = await createUser();
    const [event] = await eventsOf(answer);
    const line = service
      .log()
      .split('\n')
      .find((entry) => entry.includes(String(event?.['id'])));

    expect(JSON.parse(line ?? '{}')).toMatchObject({
      message: 'user.created',
      caller: 'audit',
      context: { actor_kind: 'user', actor_id: admin.id, object_kind: 'user', object_id: id },
    });
    expect(line).not.toContain(name);
  });
});

/** What each operation of the OpenAPI document leaves in the audit trail. One that this file knows nothing of fails. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminModel, UserWithPassword } from '@whisper-transcriber/client-sdk';
import { AUDIT_ACTIONS, type AuditAction } from '../../src/modules/auth/audit/audit-actions.view.js';
import { ADMIN_PASSWORD } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import {
  actionsThat,
  AuditedService,
  JOB_ID,
  USER_PASSWORD,
  type Answer,
  type Question,
} from '../support/audited-service.js';
import { LARGE_FILE } from '../support/miniature-model.js';
import { operations } from '../support/operations.js';
import { SILENT_OPERATIONS } from '../support/silent-operations.js';
import { toldAdministration } from '../support/told-administration.js';
import { toldJobs } from '../support/told-jobs.js';
import { toldTranscripts } from '../support/told-transcripts.js';
import { toldUploads, type Expected } from '../support/told-uploads.js';
import { toldVoices } from '../support/told-voices.js';
import { tellOneThatIsGone, toldWebhooks } from '../support/told-webhooks.js';
import { waitFor } from '../support/wait-for.js';

let audited: AuditedService;

beforeAll(async () => {
  audited = await AuditedService.open();
}, 90_000);

afterAll(async () => {
  await audited.close();
});

const asAdmin = (operationId: string, question: Question = {}): Promise<Answer> =>
  audited.ask(operationId, { token: audited.admin.token, ...question });

function sessionOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid;
}

async function signedInBy(operationId: string): Promise<Expected> {
  const answer = await audited.ask(operationId, { body: { username: 'ADMIN', password: ADMIN_PASSWORD } });
  const { access_token: token } = await audited.tokensOf(answer);
  return {
    answer,
    actor: { ...audited.admin, token },
    action: 'sign_in.succeeded',
    objectId: audited.admin.id,
  };
}

async function passwordChangedBy(operationId: string, revokesKeys: boolean): Promise<Expected> {
  const actor = await audited.addUser();
  await audited.createKey(actor);
  const change = { current_password: USER_PASSWORD, new_password: ADMIN_PASSWORD };
  const body = revokesKeys ? { ...change, revoke_api_keys: true } : change;
  const answer = await audited.ask(operationId, { token: actor.token, body });
  await audited.tokensOf(answer);
  const details = { sessions: 1, api_keys: revokesKeys ? 1 : 0, session_id: expect.any(String) };
  return { answer, actor, action: 'password.changed', objectId: actor.id, details };
}

async function changeOfUser(
  operationId: string,
  action: AuditAction,
  details: object = {},
  question: Question = {},
): Promise<Expected> {
  const { id } = await audited.addUser();
  return { answer: await asAdmin(operationId, { ...question, id }), action, objectId: id, details };
}

const ofModel = (operationId: string): Promise<Answer> => asAdmin(operationId, { id: 'tiny' });
const stateOf = async (): Promise<string> =>
  (await jsonOf<AdminModel>((await ofModel('getModel')).response)).state;

/** Operations that are told of, carried out. */
const TOLD: Readonly<Record<string, () => Promise<Expected>>> = {
  ...toldUploads(() => audited),
  ...toldJobs(() => audited),
  ...toldVoices(() => audited),
  ...toldWebhooks(() => audited),
  ...toldAdministration(() => audited),
  signIn: () => signedInBy('signIn'),
  signInUnderApi: () => signedInBy('signInUnderApi'),
  createToken: () => signedInBy('createToken'),
  signOut: async () => {
    const actor = await audited.addUser();
    const answer = await audited.ask('signOut', { token: actor.token });
    return { answer, actor, action: 'sign_out', objectId: sessionOf(actor.token) };
  },
  endSession: async () => {
    const actor = await audited.addUser();
    const objectId = sessionOf((await audited.signIn(actor.name, USER_PASSWORD)).access_token);
    const answer = await audited.ask('endSession', { id: objectId, token: actor.token });
    return { answer, actor, action: 'session.ended', objectId };
  },
  changePassword: () => passwordChangedBy('changePassword', false),
  changePasswordAtRoot: () => passwordChangedBy('changePasswordAtRoot', true),
  createApiKey: async () => {
    const { answer, id: objectId } = await audited.createKey(audited.admin);
    const details = { scopes: ['read', 'transcribe'], expires_at: null };
    return { answer, action: 'api_key.created', objectId, details };
  },
  revokeApiKey: async () => {
    const { id: objectId } = await audited.createKey(audited.admin);
    const answer = await asAdmin('revokeApiKey', { id: objectId });
    return { answer, action: 'api_key.revoked', objectId };
  },
  setMediaRetention: async () => {
    const actor = await audited.addUser();
    const body = { policy: 'days', days: 30 };
    const answer = await audited.ask('setMediaRetention', { token: actor.token, body });
    const details = { kept_days: 30 };
    return { answer, actor, action: 'media.retention_changed', objectId: actor.id, details };
  },
  ...toldTranscripts(() => audited),
  downloadTranscript: async () => {
    const answer = await asAdmin('downloadTranscript', { id: JOB_ID });
    return { answer, action: 'transcript.exported', objectId: JOB_ID, details: { format: 'txt' } };
  },
  createUser: async () => {
    const { answer, id: objectId, name: username } = await audited.createUser();
    return { answer, action: 'user.created', objectId, details: { username, role: 'user' } };
  },
  changeUser: () =>
    changeOfUser(
      'changeUser',
      'user.role_changed',
      { role: 'admin', sessions: 1 },
      { body: { role: 'admin' } },
    ),
  setUserQuotas: () => {
    const quotas = { max_active_jobs: 2, max_audio_minutes_per_day: 0, storage_quota_mb: null };
    return changeOfUser('setUserQuotas', 'user.quotas_changed', quotas, { body: quotas });
  },
  disableUser: () => changeOfUser('disableUser', 'user.disabled', { sessions: 1 }),
  signOutUser: () => changeOfUser('signOutUser', 'user.signed_out', { sessions: 1 }),
  enableUser: () => changeOfUser('enableUser', 'user.enabled'),
  resetPassword: async () => {
    const expected = await changeOfUser('resetPassword', 'user.password_reset', { sessions: 1 });
    const body = await jsonOf<UserWithPassword>(expected.answer.response.clone());
    audited.secrets.push(body.one_time_password);
    return expected;
  },
  deleteUser: async () => {
    const person = await audited.addUser();
    await audited.createKey(person);
    await audited.upload('createJob', person);
    const answer = await asAdmin('deleteUser', { id: person.id });
    const details = { sessions: 1, api_keys: 1, jobs: 1, media_files: 1 };
    return { answer, action: 'user.deleted', objectId: person.id, details };
  },
  pullModel: async () => {
    audited.hub.break({ at: LARGE_FILE, times: 100, pauseMs: 50 });
    return { answer: await ofModel('pullModel'), action: 'model.pull_started', objectId: 'tiny' };
  },
  cancelModelPull: async () => ({
    answer: await ofModel('cancelModelPull'),
    action: 'model.pull_cancelled',
    objectId: 'tiny',
  }),
  removeModel: async () => {
    audited.hub.break();
    await ofModel('pullModel');
    await waitFor(async () => (await stateOf()) === 'ready');
    return { answer: await ofModel('removeModel'), action: 'model.removed', objectId: 'tiny' };
  },
  exportAuditEvents: async () => {
    const answer = await asAdmin('exportAuditEvents');
    return { answer, action: 'audit.exported', objectId: null, details: { format: 'csv', filter: {} } };
  },
};

describe('the operations of the document', () => {
  it('that change something are known here, each of them once', () => {
    const changing = operations.filter(({ method }) => method !== 'GET');
    const known = [...Object.keys(TOLD), ...Object.keys(SILENT_OPERATIONS), 'deleteAccount'];

    expect(known).toEqual([...new Set(known)]);
    expect(known).toEqual(expect.arrayContaining(changing.map(({ operationId }) => operationId)));
  });

  it.each(Object.keys(TOLD))('%s leaves one event in the trail', async (operationId) => {
    const carryOut = TOLD[operationId]!;
    const { answer, action, objectId, details = {}, actor = audited.admin } = await carryOut();

    expect(answer.response.ok).toBe(true);
    expect(await audited.eventsOf(answer)).toEqual([
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
    const { refresh_token } = await audited.signIn('admin', ADMIN_PASSWORD);
    const answer = await audited.ask('refreshTokens', { body: { refresh_token } });
    await audited.tokensOf(answer);

    expect([answer.response.status, await audited.eventsOf(answer)]).toEqual([200, []]);
  });

  it.each(operations.filter(({ method, operationId }) => method === 'GET' && !(operationId in TOLD)))(
    '$operationId, which only reads, leaves none',
    async ({ operationId }) => {
      const answer = await asAdmin(operationId, { id: JOB_ID });

      expect(await audited.eventsOf(answer)).toEqual([]);
    },
  );

  it('leave none when they are refused or change nothing', async () => {
    for (const answer of [
      await asAdmin('createUser', { body: { username: 'admin', role: 'user' } }),
      await asAdmin('createUser', { body: { username: 'x', role: 'user' } }),
      await asAdmin('disableUser', { id: audited.admin.id }),
      await asAdmin('deleteUser'),
      await asAdmin('revokeApiKey'),
      await asAdmin('endSession'),
      await asAdmin('createJob', { body: new FormData() }),
      await asAdmin('downloadTranscript'),
      await asAdmin('removeModel', { id: 'base' }),
      await asAdmin('removeModel', { id: 'large' }),
      await asAdmin('pullModel', { id: 'base' }),
      await asAdmin('cancelModelPull', { id: 'small' }),
      await audited.ask('exportAuditEvents', { token: 'wrong' }),
      await audited.ask('refreshTokens', { body: { refresh_token: 'wrong' } }),
    ])
      expect(await audited.eventsOf(answer)).toEqual([]);
  });

  it('name the id as its row has it, however it was typed', async () => {
    const person = await audited.addUser();
    const { id: keyId } = await audited.createKey(person);
    const sessionId = sessionOf(person.token);
    const { token } = person;
    const revoked = await audited.ask('revokeApiKey', { id: keyId.toUpperCase(), token });
    const enabled = await asAdmin('enableUser', { id: person.id.toUpperCase() });
    const signedOut = await audited.ask('endSession', { id: sessionId.toUpperCase(), token });

    expect(await audited.eventsOf(revoked)).toMatchObject([{ action: 'api_key.revoked', object_id: keyId }]);
    expect(await audited.eventsOf(enabled)).toMatchObject([{ object_id: person.id }]);
    expect(await audited.eventsOf(signedOut)).toMatchObject([{ action: 'sign_out', object_id: sessionId }]);
  });

  it('name the key by which they were asked for', async () => {
    const { id, key } = await audited.createKey(audited.admin);
    const answer = await audited.ask('downloadTranscript', { id: JOB_ID, token: key });

    expect(await audited.eventsOf(answer)).toMatchObject([
      { actor_id: audited.admin.id, credential: 'api_key', credential_id: id },
    ]);
  });
});

describe('the first administrator', () => {
  it('is made, and given another password, by the service itself', async () => {
    const events = await audited.select(
      `select * from audit_events where actor_kind = 'system' and object_kind = 'user'`,
    );

    expect(events).toMatchObject([
      { action: 'first_administrator.created', object_id: audited.admin.id, address: null, request_id: null },
      { action: 'first_administrator.password_replaced', object_id: audited.admin.id },
    ]);
  });
});

describe('a webhook', () => {
  it('whose address is gone is disabled by the service itself', async () => {
    const id = await tellOneThatIsGone(audited, audited.admin);
    const read = (): Promise<unknown[]> =>
      audited.select(`select * from audit_events where action = 'webhook.disabled' and object_id = '${id}'`);
    await waitFor(async () => (await read()).length > 0, { what: 'the event' });

    expect(await read()).toMatchObject([
      { actor_kind: 'system', request_id: null, details: { user_id: audited.admin.id } },
    ]);
  });
});

// These look back at what is above.
describe('the trail', () => {
  it('has seen every action that can succeed', async () => {
    expect(await audited.actionsSeen('success')).toEqual(actionsThat('success'));
  });

  it('outlives those of whom it tells, and forgets their names', async () => {
    const person = await audited.addUser();
    const { answer } = await audited.createKey(person);
    await asAdmin('deleteUser', { id: person.id });

    expect(await audited.eventsOf(answer)).toMatchObject([
      { actor_id: person.id, actor_name: null, address: null },
    ]);
  });

  it('holds no secret, no file name and nothing that was said', async () => {
    expect(audited.secrets.length).toBeGreaterThan(50);
    await audited.expectNoSecret();
  });

  it('is in the log too, by ids only', async () => {
    const { answer, id, name } = await audited.createUser();
    const [event] = await audited.eventsOf(answer);
    const line = audited
      .log()
      .split('\n')
      .find((entry) => entry.includes(String(event?.['id'])));

    expect(JSON.parse(line ?? '{}')).toMatchObject({
      message: 'user.created',
      caller: 'audit',
      context: { actor_kind: 'user', actor_id: audited.admin.id, object_kind: 'user', object_id: id },
    });
    expect(line).not.toContain(name);
  });
});

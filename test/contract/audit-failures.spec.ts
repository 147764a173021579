/** What goes wrong and is told of in the audit trail. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD } from '../support/accounts.js';
import { actionsThat, AuditedService, USER_PASSWORD, type Answer } from '../support/audited-service.js';

let audited: AuditedService;

beforeAll(async () => {
  audited = await AuditedService.open();
}, 90_000);

afterAll(async () => {
  await audited.close();
});

describe('a sign-in', () => {
  const fail = (username: string): Promise<Answer> =>
    audited.ask('signIn', { body: { username, password: 'a wrong one' } });

  it('that fails names the user whom somebody tried to be', async () => {
    const { id, name } = await audited.addUser();

    expect(await audited.eventsOf(await fail(name))).toMatchObject([
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
    audited.secrets.push('my-secret-password');

    expect(await audited.eventsOf(await fail('my-secret-password'))).toMatchObject([
      { action: 'sign_in.failed', object_kind: 'user', object_id: null, details: { left_out: 0 } },
    ]);
  });

  it('that begins a pause is told of once, and what the pause refuses is not', async () => {
    const { id, name } = await audited.addUser();
    const answers = await Promise.all(Array.from({ length: 30 }, () => fail(name)));
    const events = (await Promise.all(answers.map((answer) => audited.eventsOf(answer)))).flat();
    const count = (action: string): number => events.filter((event) => event['action'] === action).length;

    expect(answers.filter(({ response }) => response.status === 429)).toHaveLength(25);
    expect([count('sign_in.failed'), count('sign_in.limited'), events.length]).toEqual([5, 1, 6]);
    expect(events).toContainEqual(
      expect.objectContaining({ action: 'sign_in.limited', object_id: id, details: { pause_seconds: 1 } }),
    );
  });

  it('with a refresh token that was used before is told of as its reuse', async () => {
    const person = await audited.addUser();
    const { refresh_token } = await audited.signIn(person.name, USER_PASSWORD);
    await audited.ask('refreshTokens', { body: { refresh_token } });

    expect(
      await audited.eventsOf(await audited.ask('refreshTokens', { body: { refresh_token } })),
    ).toMatchObject([
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
    const person = await audited.addUser();
    const body = { current_password: 'a wrong one', new_password: ADMIN_PASSWORD };
    const answer = await audited.ask('changePassword', { token: person.token, body });

    expect(await audited.eventsOf(answer)).toMatchObject([
      { action: 'password.change_failed', outcome: 'failure', actor_id: person.id, object_id: person.id },
    ]);
  });
});

describe('an account', () => {
  it('that is not deleted, because the password is wrong, is told of', async () => {
    const person = await audited.addUser();
    const body = { current_password: 'a wrong one' };
    const answer = await audited.ask('deleteAccount', { token: person.token, body });

    expect(await audited.eventsOf(answer)).toMatchObject([
      { action: 'user.deletion_failed', outcome: 'failure', actor_id: person.id, object_id: person.id },
    ]);
  });
});

describe('the trail', () => {
  it('has seen here every action that can fail', async () => {
    expect(await audited.actionsSeen('failure')).toEqual(actionsThat('failure'));
  });

  it('holds no secret of those that were tried', async () => {
    await audited.expectNoSecret();
  });
});

/** Attacks with requests that are on their way while something changes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKeyList, SessionList, Tokens } from '@whisper-transcriber/client-sdk';
import pg from 'pg';
import { ADMIN_PASSWORD, bearer, postJson, signIn } from '../../support/accounts.js';
import { jsonOf, problemOf } from '../../support/api-client.js';
import { DatabaseGate } from '../../support/database-gate.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';
import { waitFor } from '../../support/wait-for.js';

const NEW_PASSWORD = 'another horse and battery';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers(NO_RATE_LIMITS);
}, 90_000);

afterAll(async () => {
  await users.close();
});

/** Resolves when so many connections wait for what others have locked. */
const waitForWaiting = (count: number): Promise<void> =>
  waitFor(
    async () =>
      (
        await users.select(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).length === count,
  );

/** Sends a request that comes upon a locked row, changes the database, and lets it go on. */
async function askWhile(
  row: `${'users' | 'sessions'} where id = '${string}'`,
  ask: () => Promise<Response>,
  change: string,
): Promise<Response> {
  const client = new pg.Client({ connectionString: users.databaseUrl });
  await client.connect();
  await client.query(`begin; select 1 from ${row} for update`);
  const answer = ask();
  await waitForWaiting(1);
  await client.query(`${change}; commit`);
  await client.end();
  return answer;
}

let made = 0;

/** A user who owns nothing, with the password of the administrator. */
async function addUser(): Promise<{ id: string; name: string; tokens: Tokens }> {
  made += 1;
  const [id, name] = [`0190aaaa-bbbb-7ccc-8ddd-0000000001${String(made).padStart(2, '0')}`, `user-${made}`];
  await users.execute(
    `insert into users (id, username, password_hash, role, must_change_password, created_at, updated_at)
       select '${id}', '${name}', password_hash, 'user', false, now(), now() from users where username = 'admin'`,
  );
  return { id, name, tokens: await jsonOf<Tokens>(await signIn(users.url, name, ADMIN_PASSWORD)) };
}

const changePassword = ({ access_token: token }: Tokens): Promise<Response> =>
  postJson(
    `${users.url}/auth/change-password`,
    { current_password: ADMIN_PASSWORD, new_password: NEW_PASSWORD },
    bearer(token),
  );
const statusWith = async (token: string): Promise<number> =>
  (await fetch(`${users.url}/auth/me`, { headers: bearer(token) })).status;
const codeOf = async (response: Response): Promise<unknown> => [
  response.status,
  (await problemOf(response)).code,
];

const CHANGES = [
  ['has another password', (id: string) => `update users set password_hash = 'reset' where id = '${id}'`],
  ['is disabled', (id: string) => `update users set disabled_at = now() where id = '${id}'`],
  ['is deleted', (id: string) => `delete from users where id = '${id}'`],
] as const;

describe('an old password', () => {
  it.each(CHANGES)('that was found right opens nothing when the user %s by then', async (_what, change) => {
    const { id, name } = await addUser();
    const thief = (): Promise<Response> => signIn(users.url, name, ADMIN_PASSWORD);

    expect(await codeOf(await askWhile(`users where id = '${id}'`, thief, change(id)))).toEqual([
      401,
      'credentials_wrong',
    ]);
    expect(await users.select(`select 1 from sessions where user_id = '${id}' offset 1`)).toEqual([]);
  });

  it.each(CHANGES)('that was found right is not changed when the user %s by then', async (_what, change) => {
    const { id, tokens } = await addUser();
    const answer = await askWhile(`users where id = '${id}'`, () => changePassword(tokens), change(id));

    expect(await codeOf(answer)).toEqual([401, 'unauthenticated']);
    const isNew = `select 1 from users where id = '${id}' and password_hash <> 'reset' and disabled_at is null`;
    expect(await users.select(isNew)).toEqual([]);
  });

  it('leaves no session of those who sign in with it while it is changed', async () => {
    const { name, tokens } = await addUser();
    const gate = await DatabaseGate.close(users.databaseUrl, 'before insert on sessions for each row');
    const thief = signIn(users.url, name, ADMIN_PASSWORD);
    await waitForWaiting(1);
    const change = changePassword(tokens);
    await waitForWaiting(2);
    await gate.open();
    const [stolen, own] = await Promise.all([jsonOf<Tokens>(await thief), jsonOf<Tokens>(await change)]);

    expect(await statusWith(own.access_token)).toBe(200);
    expect(await statusWith(stolen.access_token)).toBe(401);
    const list = await fetch(`${users.url}/auth/sessions`, { headers: bearer(own.access_token) });
    expect((await jsonOf<SessionList>(list)).sessions).toHaveLength(1);
  });
});

describe('a session that ends', () => {
  it('gives no more tokens to who asks for them at that moment', async () => {
    const { id, tokens } = await addUser();
    const [session] = await users.select(`select id from sessions where user_id = '${id}'`);
    const row = `sessions where id = '${String(session?.['id'])}'` as const;
    const ask = (): Promise<Response> =>
      postJson(`${users.url}/auth/refresh`, { refresh_token: tokens.refresh_token });

    expect(await codeOf(await askWhile(row, ask, `delete from ${row}`))).toEqual([
      401,
      'refresh_token_invalid',
    ]);
  });
});

describe('API keys', () => {
  it('are 100 at most, also of who makes many at once', async () => {
    const { id, tokens } = await addUser();
    const headers = bearer(tokens.access_token);
    await users.execute(
      `insert into api_keys (id, user_id, name, prefix, key_hash, scopes, created_at)
         select gen_random_uuid(), '${id}', 'x', 'wt_', md5(n::text || '${id}'), '["read"]', now() from generate_series(1, 97) n`,
    );
    const order = { name: 'for tests', scopes: ['read'] };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => postJson(`${users.url}/auth/api-keys`, order, headers)),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const list = await fetch(`${users.url}/auth/api-keys`, { headers });
    expect((await jsonOf<ApiKeyList>(list)).api_keys).toHaveLength(100);
  });

  it('are not made for a user who is deleted by then', async () => {
    const { id, tokens } = await addUser();
    const order = { name: 'for tests', scopes: ['read'] };
    const ask = (): Promise<Response> =>
      postJson(`${users.url}/auth/api-keys`, order, bearer(tokens.access_token));
    const answer = await askWhile(`users where id = '${id}'`, ask, `delete from users where id = '${id}'`);

    expect(await codeOf(answer)).toEqual([401, 'unauthenticated']);
  });
});

describe('two administrators who reset each other’s passwords at once', () => {
  it('do not both lose their own', async () => {
    const [first, second] = [await addUser(), await addUser()];
    await users.execute(`update users set role = 'admin' where id in ('${first.id}', '${second.id}')`);
    const ask = (): Promise<Response> =>
      postJson(`${users.url}/admin/users/${first.id}/reset-password`, {}, bearer(second.tokens.access_token));
    const reset = `update users set must_change_password = true where id = '${second.id}'`;

    expect(await codeOf(await askWhile(`users where id = '${first.id}'`, ask, reset))).toEqual([
      403,
      'access_denied',
    ]);
    expect(await statusWith(first.tokens.access_token)).toBe(200);
  });
});

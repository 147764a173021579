import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tokens } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, cookiesOf, postJson, signIn } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { openTwoUsers, type TwoUsers } from '../support/two-users.js';

let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers();
}, 90_000);

afterAll(async () => {
  await users.close();
});

const statusWith = async (token: string): Promise<number> =>
  (await fetch(`${users.url}/auth/me`, { headers: bearer(token) })).status;

describe('a session', () => {
  it('ends by the refresh token alone when its access token is dead, and signing out again is no error', async () => {
    const { token, refreshToken: renewal } = await users.addUser('carl', 'c');
    const signOut = (body: object, headers = {}): Promise<Response> =>
      postJson(`${users.url}/auth/logout`, body, headers);

    expect((await signOut({ refresh_token: renewal }, bearer(`${token}x`))).status).toBe(200);
    expect(await statusWith(token)).toBe(401);
    const refresh = await postJson(`${users.url}/auth/refresh`, { refresh_token: renewal });
    expect(refresh.status).toBe(401);
    expect((await signOut({ refresh_token: renewal })).status).toBe(200);
    expect((await fetch(`${users.url}/auth/logout`, { method: 'POST' })).status).toBe(200);
  });
});

describe('signing out by cookies', () => {
  const CLEARED = /^(?:auth|refresh)_token=; Path=\/(?:auth)?; Expires=Thu, 01 Jan 1970/;

  it('ends the session by whatever cookie is left, for a page of the service, and clears both', async () => {
    const signedIn = await signIn(users.url, 'anna', ADMIN_PASSWORD);
    const { access_token: token } = await jsonOf<Tokens>(signedIn);
    const refreshCookie = cookiesOf(signedIn).split('; ')[1] ?? '';
    const cookie = `auth_token=x.x.x; ${refreshCookie}`;
    const signOut = (headers: Record<string, string>): Promise<Response> =>
      postJson(`${users.url}/auth/logout`, {}, { cookie, ...headers });

    expect((await signOut({})).status).toBe(403);
    expect((await signOut({ origin: 'https://evil.example' })).status).toBe(403);
    expect(await statusWith(token)).toBe(200);
    for (let i = 0; i < 2; i += 1) {
      const response = await signOut({ origin: users.url });
      const cookies = response.headers.getSetCookie();
      expect([response.status, cookies.length]).toEqual([200, 2]);
      for (const cleared of cookies) expect(cleared).toMatch(CLEARED);
      expect(await statusWith(token)).toBe(401);
    }
  });
});

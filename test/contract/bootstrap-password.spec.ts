/** How often a password of ADMIN_BOOTSTRAP_PASSWORD is given. The first sign-in with it is in sign-in.spec.ts. */
import { describe, expect, it } from '@jest/globals';
import type { Tokens } from '@whisper-transcriber/client-sdk';
import { ADMIN_PASSWORD, bearer, postJson, signIn } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { executeSql, openOnServer } from '../support/databases.js';
import { startService } from '../support/start-service.js';

describe('a password that the first administrator was given at a start', () => {
  it('is good for one sign-in ever, though another was given meanwhile; once one was chosen none is given', async () => {
    const database = await openOnServer();
    const [first, second, third, fourth] = ['first', 'second', 'third', 'fourth'].map(
      (which) => `Zq7-the-${which}-one`,
    ) as [string, string, string, string];
    const during = async <T>(password: string, work: (url: string) => Promise<T>): Promise<T> => {
      const ADMIN_BOOTSTRAP_PASSWORD = password;
      const own = await startService({
        env: {
          DATABASE_URL: database.url,
          ANONYMOUS_LOCAL: 'false',
          WORKER_EMBEDDED: 'false',
          ADMIN_BOOTSTRAP_PASSWORD,
        },
      });
      try {
        return await work(own.url);
      } finally {
        await own.stop();
      }
    };
    const statusAt = (password: string): Promise<number> =>
      during(password, async (url) => (await signIn(url, 'admin', password)).status);

    expect([await statusAt(first), await statusAt(second), await statusAt(first)]).toEqual([200, 200, 401]);
    await during(third, async (url) => {
      const { access_token: token } = await jsonOf<Tokens>(await signIn(url, 'admin', third));
      const change = { current_password: third, new_password: ADMIN_PASSWORD };
      expect((await postJson(`${url}/auth/change-password`, change, bearer(token))).status).toBe(200);
    });
    // As when administrators have reset each database.
    await executeSql(database.url, `update users set must_change_password = true where username = 'admin'`);
    expect(await statusAt(fourth)).toBe(401);
    await database.close();
  }, 120_000);
});

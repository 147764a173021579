/** What is left of the user of a machine without sign-in once everybody has to sign in. */
import { describe, expect, it } from '@jest/globals';
import { bearer, createApiKey } from '../../support/accounts.js';
import { openOnServer } from '../../support/databases.js';
import { startService } from '../../support/start-service.js';

describe('a key of the user of this machine', () => {
  it('opens nothing where that user is nobody', async () => {
    const database = await openOnServer();
    const env = { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false' };
    const quick = await startService({ env });
    const { key } = await createApiKey(quick.url, ['read', 'admin'], {});
    const statusAt = async (url: string): Promise<number> =>
      (await fetch(`${url}/admin/users`, { headers: bearer(key) })).status;
    expect(await statusAt(quick.url)).toBe(200);
    await quick.stop();

    const closed = await startService({ env: { ...env, ANONYMOUS_LOCAL: 'false' } });
    expect(await statusAt(closed.url)).toBe(401);
    await closed.stop();
    await database.close();
  }, 90_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

describe('what DATABASE_URL says besides the server', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openOnServer();
  });

  afterAll(async () => {
    await database.close();
  });

  const valueOf = async (parameters: string, sql: string): Promise<unknown> => {
    const orm = await openOrm(`${database.url}?${parameters}`);
    try {
      const [row] = await orm.em.fork().execute<{ value: unknown }[]>(`select ${sql} as value`);
      return row?.value;
    } finally {
      await orm.close();
    }
  };

  it('holds for the connections of every request', async () => {
    expect(await valueOf('application_name=speech', `current_setting('application_name')`)).toBe('speech');
  });

  // The server of the tests has no TLS, so that whoever insists on it cannot get in.
  it.each(['require', 'verify-full'])('keeps them from going without TLS (sslmode=%s)', async (mode) => {
    await expect(valueOf(`sslmode=${mode}`, '1')).rejects.toThrow(/does not support SSL/);
    expect(await valueOf('sslmode=disable', '1')).toBe(1);
  });
});

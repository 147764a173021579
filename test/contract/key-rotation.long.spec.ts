import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tokens } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  createApiKey,
  postJson,
  signIn,
} from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { RollingServices } from '../support/rolling-services.js';
import { sampleKey } from '../support/sample-key.js';
import { waitFor } from '../support/wait-for.js';

// The rotations of docs/security.md, under its headings and by its steps, on two processes that share a database. They build on each other.

const SECRET = { OLD: sampleKey('old secret'), NEW: sampleKey('new secret') };
const JWT = { OLD: sampleKey('old jwt'), NEW: sampleKey('new jwt') };
const AFTER_THE_LEAK = {
  SECRET_KEY: sampleKey('secret after the leak'),
  JWT_SECRET_KEY: sampleKey('jwt after the leak'),
};
const METRICS = { OLD: 'c4Vb-7nKq-1xWm-Zs8e', NEW: 'p2Td-6hFj-9yRa-Gu3k' };

/** Both keys, as the documentation writes them: "NEW,OLD". */
function keysFrom(order: string): { SECRET_KEY: string; JWT_SECRET_KEY: string } {
  const list = (keys: typeof SECRET): string => order.replace('NEW', keys.NEW).replace('OLD', keys.OLD);
  return { SECRET_KEY: list(SECRET), JWT_SECRET_KEY: list(JWT) };
}

const performed: string[] = [];
/** Notes that a rotation of the documentation is performed here. */
function heading(title: string): string {
  performed.push(title);
  return title;
}

let database: TestDatabase;
let roles: { readonly blue: string; readonly green: string };
let services: RollingServices;

const addressOf = (role: string, password: string): string => {
  const url = new URL(database.url);
  url.username = role;
  url.password = password;
  return url.href;
};

beforeAll(async () => {
  database = await openOnServer();
  const name = new URL(database.url).pathname.slice(1);
  roles = { blue: `${name}_blue`, green: `${name}_green` };
  // As the documentation says it: a role that owns everything, and two that take turns at signing in.
  await executeSql(
    database.url,
    `create role ${name} nologin;
     alter database ${name} owner to ${name};
     create role ${roles.blue} login password 'blue-password-1' in role ${name};
     alter role ${roles.blue} set role ${name};
     create role ${roles.green} nologin in role ${name};
     alter role ${roles.green} set role ${name};`,
  );
  services = await RollingServices.open({
    ...keysFrom('OLD'),
    DATABASE_URL: addressOf(roles.blue, 'blue-password-1'),
    METRICS_TOKEN: METRICS.OLD,
    ADMIN_BOOTSTRAP_PASSWORD: 'Zq7-before-that-one',
    ANONYMOUS_LOCAL: 'false',
    WORKER_EMBEDDED: 'false',
  });
}, 120_000);

afterAll(async () => {
  await services.close();
  const { pathname, href } = new URL(database.url);
  await database.close();
  const server = new URL(href);
  server.pathname = '/postgres';
  const owner = pathname.slice(1);
  await executeSql(server.href, `drop role ${roles.blue}, ${roles.green}, ${owner}`);
});

const statusOf = async (response: Promise<Response>): Promise<number> => (await response).status;
const ask = (url: string, token: string): Promise<number> =>
  statusOf(fetch(`${url}/auth/me`, { headers: bearer(token) }));
const refresh = (url: string, { refresh_token: token }: Tokens): Promise<Response> =>
  postJson(`${url}/auth/refresh`, { refresh_token: token });
const enter = async (url: string): Promise<Tokens> =>
  jsonOf<Tokens>(await signIn(url, 'admin', ADMIN_PASSWORD));
const renew = async (url: string, tokens: Tokens): Promise<Tokens> =>
  jsonOf<Tokens>(await refresh(url, tokens));
const scrape = (url: string, token: string): Promise<number> =>
  statusOf(fetch(`${url}/metrics/`, { headers: bearer(token) }));

/** What begins at one process is good at the other, and renews itself there. */
async function expectSharedSessions(one: string, other: string): Promise<void> {
  for (const [here, there] of [
    [one, other],
    [other, one],
  ] as const) {
    const tokens = await enter(here);
    expect(await ask(there, tokens.access_token)).toBe(200);
    const renewed = await renew(there, tokens);
    expect(await ask(here, renewed.access_token)).toBe(200);
    expect(await statusOf(refresh(here, renewed))).toBe(200);
  }
}

/** The user who is never away was answered all the time, and nothing else. */
function expectNoInterruption(answersBefore: number): void {
  expect(services.refusals).toEqual([]);
  expect(services.answers).toBeGreaterThan(answersBefore);
}

describe('a rotation of', () => {
  it(
    heading('`ADMIN_BOOTSTRAP_PASSWORD`'),
    async () => {
      await services.roll({ ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD }, async (fresh, stale) => {
        expect([await statusOf(fetch(`${fresh}/livez`)), await statusOf(fetch(`${stale}/livez`))]).toEqual([
          200, 200,
        ]);
      });
      const [url] = services.urls;
      expect(await statusOf(signIn(url, 'admin', 'Zq7-before-that-one'))).toBe(401);
      services.welcome(await becomeAdministrator(url));

      const answers = services.answers;
      await services.roll({ ADMIN_BOOTSTRAP_PASSWORD: 'Zq7-of-no-use-now' });
      for (const other of services.urls) {
        for (const password of [BOOTSTRAP_PASSWORD, 'Zq7-of-no-use-now'])
          expect(await statusOf(signIn(other, 'admin', password))).toBe(401);
        expect(await statusOf(signIn(other, 'admin', ADMIN_PASSWORD))).toBe(200);
      }
      expectNoInterruption(answers);
    },
    120_000,
  );

  it(heading('An API key'), async () => {
    const [one, other] = services.urls;
    const { access_token: token } = await enter(one);
    const old = await createApiKey(one, ['read'], bearer(token));
    const fresh = await createApiKey(one, ['read'], bearer(token));
    for (const { key } of [old, fresh]) expect(await ask(other, key)).toBe(200);

    const revoke = fetch(`${one}/auth/api-keys/${old.id}`, { method: 'DELETE', headers: bearer(token) });
    expect(await statusOf(revoke)).toBe(204);
    for (const url of [one, other]) {
      expect(await ask(url, old.key)).toBe(401);
      expect(await ask(url, fresh.key)).toBe(200);
    }
  });

  it(
    heading('`METRICS_TOKEN`'),
    async () => {
      const answers = services.answers;
      await services.roll({ METRICS_TOKEN: METRICS.NEW }, async (fresh, stale) => {
        expect([await scrape(fresh, METRICS.NEW), await scrape(stale, METRICS.OLD)]).toEqual([200, 200]);
        expect([await scrape(fresh, METRICS.OLD), await scrape(stale, METRICS.NEW)]).toEqual([403, 403]);
      });
      for (const url of services.urls)
        expect([await scrape(url, METRICS.NEW), await scrape(url, METRICS.OLD)]).toEqual([200, 403]);
      expectNoInterruption(answers);
    },
    120_000,
  );

  it(
    heading('The password of the database'),
    async () => {
      const answers = services.answers;
      await executeSql(database.url, `alter role ${roles.green} login password 'green-password-1'`);
      await services.roll({ DATABASE_URL: addressOf(roles.green, 'green-password-1') }, expectSharedSessions);

      await executeSql(
        database.url,
        `alter role ${roles.blue} nologin;
         select pg_terminate_backend(pid) from pg_stat_activity where usename = '${roles.blue}'`,
      );
      await expect(query(addressOf(roles.blue, 'blue-password-1'), 'select 1')).rejects.toThrow(
        /not permitted/,
      );
      await expectSharedSessions(...services.urls);
      expectNoInterruption(answers);
    },
    120_000,
  );
});

describe(heading('`SECRET_KEY` and `JWT_SECRET_KEY`'), () => {
  /** Sessions from before, of people who do nothing until they are looked at. */
  const idle: Tokens[] = [];
  let rejoined: Tokens;
  const nextIdle = (): Tokens => idle.pop()!;

  beforeAll(async () => {
    const [one, other] = services.urls;
    for (const url of [one, other, one, other]) idle.push(await enter(url));
  });

  it(
    heading('Step 1: `OLD,NEW`'),
    async () => {
      const answers = services.answers;
      await services.roll(keysFrom('OLD,NEW'), expectSharedSessions);

      expectNoInterruption(answers);
    },
    120_000,
  );

  it(
    heading('Step 2: `NEW,OLD`'),
    async () => {
      const answers = services.answers;
      await services.roll(keysFrom('NEW,OLD'), expectSharedSessions);

      const [one, other] = services.urls;
      const session = nextIdle();
      expect(await ask(one, session.access_token)).toBe(200);
      rejoined = await renew(other, session);
      // Their tokens of before still tell that two have them.
      const stolen = nextIdle();
      const next = await renew(one, stolen);
      expect(await statusOf(refresh(other, stolen))).toBe(401);
      expect(await ask(one, next.access_token)).toBe(401);
      expectNoInterruption(answers);
    },
    120_000,
  );

  it(
    heading('Step 3: `NEW`'),
    async () => {
      const answers = services.answers;
      const [reused, away] = [nextIdle(), nextIdle()];
      const renewed = await renew(services.urls[0], reused);
      await services.roll(keysFrom('NEW'), expectSharedSessions);

      const [one, other] = services.urls;
      expect(await ask(one, rejoined.access_token)).toBe(200);
      expect(await statusOf(refresh(other, rejoined))).toBe(200);
      // Who was away all the time signs in again; a token of before that was used ends nothing any more.
      expect([await ask(one, away.access_token), await statusOf(refresh(other, away))]).toEqual([401, 401]);
      expect(await statusOf(refresh(one, reused))).toBe(401);
      expect(await ask(other, renewed.access_token)).toBe(200);
      expectNoInterruption(answers);
    },
    120_000,
  );

  it(
    heading('When a key has leaked'),
    async () => {
      const before = await enter(services.urls[0]);
      const { key } = await createApiKey(services.urls[0], ['read'], bearer(before.access_token));
      await services.leave();
      await services.roll(AFTER_THE_LEAK, async (fresh, stale) => {
        const [here, there] = [await enter(fresh), await enter(stale)];
        expect([await ask(stale, here.access_token), await ask(fresh, there.access_token)]).toEqual([
          401, 401,
        ]);
      });

      for (const url of services.urls) {
        expect([await ask(url, before.access_token), await statusOf(refresh(url, before))]).toEqual([
          401, 401,
        ]);
        expect(await ask(url, key)).toBe(200);
      }
      await expectSharedSessions(...services.urls);
    },
    120_000,
  );
});

describe('a password of the database that changes under the service', () => {
  it('is answered by 503 until the service has the same, and costs no session', async () => {
    const [url] = services.urls;
    const { access_token: token } = await enter(url);
    const change = (password: string): Promise<void> =>
      executeSql(
        database.url,
        `alter role ${roles.green} password '${password}';
         select pg_terminate_backend(pid) from pg_stat_activity where usename = '${roles.green}'`,
      );

    await change('green-password-2');
    await waitFor(async () => (await ask(url, token)) !== 200);
    // By now there is no connection left that was open before.
    for (let i = 0; i < 3; i += 1) expect(await ask(url, token)).toBe(503);
    await change('green-password-1');
    await waitFor(async () => (await ask(url, token)) === 200);
  });
});

describe('docs/security.md', () => {
  it('has no rotation that is not performed here, in the same order', () => {
    const text = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
    const [, section = ''] = text.split(/^## Rotation$/m);
    const titles = section.split(/^## /m)[0]?.matchAll(/^####? (.+)$/gm);

    expect(Array.from(titles ?? [], ([, title]) => title)).toEqual(performed);
  });
});

/** Attacks on passwords, by their names. */
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD, bearer, postJson, signIn } from '../../support/accounts.js';
import { CountedCalls } from '../../support/counted-calls.js';
import { send } from '../../support/raw-request.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';

let checks: CountedCalls;
let statements: CountedCalls;
let users: TwoUsers;

beforeAll(async () => {
  checks = await CountedCalls.open('password-checks');
  statements = await CountedCalls.open('statements');
  const options = `${checks.nodeOption} ${statements.nodeOption}`;
  // What is left without the limits of requests.
  users = await openTwoUsers({ NODE_OPTIONS: options, ...NO_RATE_LIMITS });
}, 90_000);

afterAll(async () => {
  await users.close();
  await checks.close();
  await statements.close();
});

const statusWith = async (token: string): Promise<number> =>
  (await fetch(`${users.url}/auth/me`, { headers: bearer(token) })).status;

describe('the timing of an unknown user', () => {
  beforeAll(async () => {
    const { id } = await users.addUser('gustav', '9');
    await users.execute(`update users set disabled_at = now() where id = '${id}'`);
  });

  /** About accounts; what goes on besides is about other things. */
  const ABOUT_ACCOUNTS = /\b(?:users|sessions|known_addresses|audit_events)\b/;

  async function statementsFor(username: string, password: string): Promise<string[]> {
    const all = await statements.during(() => signIn(users.url, username, password));
    return all.filter((statement) => ABOUT_ACCOUNTS.test(statement));
  }

  /** All that an answer tells, but for the time. */
  async function tell(username: string): Promise<unknown> {
    const { headers, body, status } = await send(
      `${users.url}/auth/login`,
      { method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': 'the-same' } },
      JSON.stringify({ username, password: 'this is not the password' }),
    );
    return { status, headers: { ...headers, date: null }, body };
  }

  it.each([
    ['nobody', 'nobody-of-this-name'],
    ['the user of this machine, who has no password', 'local'],
    ['a disabled user', 'gustav'],
  ])('is that of a wrong password: the same work, and the same answer, for %s', async (_whom, name) => {
    const answers: unknown[] = [];
    const known = await checks.during(async () => answers.push(await tell('bob')));
    const other = await checks.during(async () => answers.push(await tell(name)));

    expect(known).toEqual(['argon2id v=19 m=19456,t=2,p=1']);
    expect(other).toEqual(known);
    expect(answers[1]).toEqual(answers[0]);
    expect((await signIn(users.url, 'bob', ADMIN_PASSWORD)).status).toBe(200);
  });

  it('is not told by the statements to the database: they are the same for all, one that looks the name up', async () => {
    const wrongPassword = await statementsFor('bob', 'this is not the password');

    expect(wrongPassword.filter((statement) => /\bfrom "?users\b/.test(statement))).toHaveLength(1);
    expect(wrongPassword).toHaveLength(3);
    expect(await statementsFor('nobody-of-this-name', ADMIN_PASSWORD)).toEqual(wrongPassword);
    expect(await statementsFor('local', ADMIN_PASSWORD)).toEqual(wrongPassword);
    expect(await statementsFor('gustav', 'this is not the password')).toEqual(wrongPassword);
    expect(await statementsFor('gustav', ADMIN_PASSWORD)).toEqual(wrongPassword);
  });
});

describe('SQL in a user name', () => {
  it.each([`' or 1=1 --`, `admin'--`, 'anna\u0000', '%', '_nna'])('%j signs nobody in', async (username) => {
    expect([401, 422]).toContain((await signIn(users.url, username, ADMIN_PASSWORD)).status);
  });
});

describe('1,500 sign-in attempts from 300 networks', () => {
  const HOME = '198.51.100.7';
  const MOST_THAT_ARE_LOOKED_AT = 30;
  let behindProxy: TwoUsers;

  beforeAll(async () => {
    behindProxy = await openTwoUsers({
      TRUST_PROXY: 'loopback',
      NODE_OPTIONS: checks.nodeOption,
      ...NO_RATE_LIMITS,
    });
  }, 90_000);

  afterAll(async () => {
    await behindProxy.close();
  });

  const statusFrom = async (address: string, username: string, password: string): Promise<number> => {
    const headers = { 'x-forwarded-for': address };
    return (await postJson(`${behindProxy.url}/auth/login`, { username, password }, headers)).status;
  };

  it('come to a handful of passwords that are looked at, do not fill the audit trail, and lock nobody out', async () => {
    expect(await statusFrom(HOME, 'anna', ADMIN_PASSWORD)).toBe(200);
    const statuses: number[] = [];
    const lookedAt = await checks.during(async () => {
      const networks = Array.from({ length: 300 }, (_, i) => `2001:db8:0:${i.toString(16)}::1`);
      for (let i = 0; i < 5; i += 1)
        statuses.push(
          ...(await Promise.all(networks.map((address) => statusFrom(address, 'anna', `no ${i}`)))),
        );
    });

    expect(lookedAt.length).toBeGreaterThanOrEqual(20);
    expect(lookedAt.length).toBeLessThanOrEqual(MOST_THAT_ARE_LOOKED_AT);
    expect(statuses.filter((status) => status === 401)).toHaveLength(lookedAt.length);
    const told = `select 1 from audit_events where action like 'sign_in.%' and outcome = 'failure'`;
    expect((await behindProxy.select(told)).length).toBeLessThanOrEqual(MOST_THAT_ARE_LOOKED_AT);
    expect(await statusFrom('192.0.2.1', 'anna', ADMIN_PASSWORD)).toBe(429);
    expect(await statusFrom(HOME, 'anna', 'a slip of the pen')).toBe(401);
    expect(await statusFrom(HOME, 'anna', ADMIN_PASSWORD)).toBe(200);
  });

  it('on a name that is nobody’s come to the same', async () => {
    const networks = Array.from({ length: 40 }, (_, i) => `2001:db8:1:${i.toString(16)}::1`);
    const statuses = await Promise.all(networks.map((address) => statusFrom(address, 'nobody', 'no')));

    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  });

  it('of a month ago are no reason to know an address, and which one it is, the database does not tell', async () => {
    await behindProxy.execute(`update known_addresses set signed_in_at = now() - interval '31 days'`);
    const networks = Array.from({ length: 40 }, (_, i) => `2001:db8:2:${i.toString(16)}::1`);
    await Promise.all(networks.map((address) => statusFrom(address, 'anna', 'no')));
    expect(await statusFrom(HOME, 'anna', ADMIN_PASSWORD)).toBe(429);
    expect(JSON.stringify(await behindProxy.select('select * from known_addresses'))).not.toContain(HOME);
  });
});

describe('another spelling of a name', () => {
  it.each(['admİn', 'аdmin', 'adm\u0131n', 'admin\u0307'])(
    'that is not the same name is nobody’s: %s',
    async (name) => {
      expect((await signIn(users.url, name, ADMIN_PASSWORD)).status).toBe(401);
    },
  );

  it.each(['ADMIN', 'ａdmin'])('that is the same name has no failures of its own: %s', async (name) => {
    const agent = new Agent({ localAddress: '127.0.0.78' });
    const headers = { 'content-type': 'application/json' };
    const guess = async (username: string): Promise<number> => {
      const body = JSON.stringify({ username, password: 'no' });
      return (await send(`${users.url}/auth/login`, { method: 'POST', agent, headers }, body)).status;
    };
    for (let i = 0; i < 6; i += 1) await guess('admin');

    expect(await guess(name)).toBe(429);
  });
});

describe('failures of one address under many names', () => {
  it('are told one by one while they are few; then the next one tells how many were left out', async () => {
    const agent = new Agent({ localAddress: '127.0.0.77' });
    const headers = { 'content-type': 'application/json' };
    for (let i = 0; i < 45; i += 1) {
      const body = JSON.stringify({ username: `nobody-${i}`, password: 'no' });
      const { status } = await send(`${users.url}/auth/login`, { method: 'POST', agent, headers }, body);
      expect(status).toBe(401);
    }

    const events = await users.select(
      `select details->'left_out' as left_out from audit_events where address = '127.0.0.77' order by id`,
    );
    expect(events.map((event) => event['left_out'])).toEqual([...Array.from({ length: 20 }, () => 0), 19]);
  });
});

describe('10,000 sign-in attempts', () => {
  const ATTEMPTS = 10_000;
  /** So that the rest of the tests does not come from the address of the attacker. */
  const ATTACKER = '127.0.0.66';
  const MOST_THAT_ARE_LOOKED_AT = 20;

  it('come to a handful of passwords that are looked at, and nobody else notices', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 200, localAddress: ATTACKER });
    const headers = { 'content-type': 'application/json' };
    const guess = async (i: number): Promise<number> => {
      const body = JSON.stringify({ username: 'anna', password: `guess number ${i}` });
      return (await send(`${users.url}/auth/login`, { method: 'POST', agent, headers }, body)).status;
    };
    const statuses: number[] = [];
    const others: number[] = [];
    const askMeanwhile = async (): Promise<void> => {
      others.push((await fetch(`${users.url}/livez`)).status);
      others.push(await statusWith(users.bob.token));
    };
    const lookedAt = await checks.during(async () => {
      const attack = Promise.all(
        Array.from({ length: ATTEMPTS }, async (_, i) => statuses.push(await guess(i))),
      );
      const isOver = attack.then(() => true);
      while (!(await Promise.race([isOver, askMeanwhile()]))) continue;
    });
    agent.destroy();
    const count = (wanted: number): number => statuses.filter((status) => status === wanted).length;

    expect(lookedAt.length).toBeGreaterThan(0);
    expect(lookedAt.length).toBeLessThanOrEqual(MOST_THAT_ARE_LOOKED_AT);
    expect([count(401), count(429)]).toEqual([lookedAt.length, ATTEMPTS - lookedAt.length]);
    expect(new Set(others)).toEqual(new Set([200]));
    // Whom it was about gets in, from where nobody guesses.
    expect((await signIn(users.url, 'anna', ADMIN_PASSWORD)).status).toBe(200);
  }, 180_000);
});

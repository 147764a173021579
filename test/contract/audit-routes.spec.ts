/** How administrators read and download the audit trail. What is in it is shown in audit-events.spec.ts. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, AuditEventList } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const EVENTS = 50_000;
const EVENT_BYTES = 2000;
const OLD = 'to=2020-02-01T00:00:00Z';

const contract = new OpenApiContract();
let database: TestDatabase;
let proxy: TcpProxy;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  const reached = await TcpProxy.before(database.url);
  ({ proxy } = reached);
  service = await startService({ env: { DATABASE_URL: reached.url, WORKER_EMBEDDED: 'false' } });
  await executeSql(
    database.url,
    `insert into audit_events (id, occurred_at, actor_kind, action, object_kind, object_id, outcome, details)
       select gen_random_uuid(), '2020-01-01T00:00:00Z'::timestamptz + n * interval '1 ms', 'system', 'user.enabled', 'user', n, 'success',
         json_build_object('username', repeat('x', ${EVENT_BYTES}))
       from generate_series(1, ${EVENTS}) n`,
  );
}, 90_000);

afterAll(async () => {
  await service.stop();
  await proxy.cut();
  await database.close();
});

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}/admin/${path}`, { headers });

async function expectDocumented(
  operationId: string,
  id: string,
  search: string,
  status: number,
  headers: Record<string, string> = {},
): Promise<void> {
  const { path } = contract.getOperation(operationId);
  const response = await fetch(service.url + path.replace('{id}', id) + search, { headers });

  expect([response.status, await contract.findFaults(operationId, response)]).toEqual([status, []]);
}

/** On a connection of its own: the buffers of one that was used before have grown. */
async function openDownload(path: string): Promise<IncomingMessage> {
  const request = get(`${service.url}/admin/${path}`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** Resolves when nothing has come from the database for a while. */
async function waitForSilence(): Promise<void> {
  let before = -1;
  await waitFor(async () => {
    const quiet = proxy.receivedBytes === before;
    before = proxy.receivedBytes;
    await delay(250);
    return quiet;
  });
}

const busyConnections = async (): Promise<number> =>
  (
    await query(
      database.url,
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    )
  ).length;

describe('the OpenAPI document describes the answer of', () => {
  it.each(['listAuditEvents', 'listEvents'])('%s', async (operationId) => {
    await expectDocumented(operationId, '', '?limit=5', 200);
    await expectDocumented(operationId, '', '?limit=0', 422);
    await expectDocumented(operationId, '', '', 401, { 'x-api-key': 'wrong' });
    await expectDocumented(operationId, '', '', 403, { origin: 'https://evil.example' });
  });

  it.each(['getAuditEvent', 'getEvent'])('%s', async (operationId) => {
    const { events } = await jsonOf<AuditEventList>(await ask('audit?limit=1'));
    await expectDocumented(operationId, events[0]?.id ?? '', '', 200);
    await expectDocumented(operationId, UNKNOWN_ID, '', 404);
    await expectDocumented(operationId, 'x', '', 404);
    await expectDocumented(operationId, '%E0%A4%A', '', 400);
    await expectDocumented(operationId, UNKNOWN_ID, '', 403, { origin: 'https://evil.example' });
  });

  it.each(['csv', 'ndjson'])('exportAuditEvents as %s', async (format) => {
    await expectDocumented('exportAuditEvents', '', `?format=${format}&actor_id=${UNKNOWN_ID}`, 200);
    await expectDocumented('exportAuditEvents', '', '?format=xml', 422);
    await expectDocumented('exportAuditEvents', '', '', 403, { origin: 'https://evil.example' });
  });

  it('and no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Audit')).toEqual([]);
  });
});

describe('the trail', () => {
  it('is told newest first, a hundred at a time, page after page', async () => {
    const read = async (cursor: string): Promise<AuditEventList> =>
      jsonOf<AuditEventList>(await ask(`audit?${OLD}${cursor}`));
    const first = await read('');
    const second = await read(`&cursor=${first.next_cursor ?? ''}`);

    expect(first.events.map(({ object_id: n }) => Number(n))).toEqual(
      Array.from({ length: 100 }, (_, i) => EVENTS - i),
    );
    expect(second.events[0]?.object_id).toBe(String(EVENTS - 100));
  });

  it.each(['object_id=7', 'object_id=7&object_kind=user', 'from=2020-01-01T00:00:50Z'])(
    'is narrowed down by %s',
    async (filter) => {
      const { events, next_cursor } = await jsonOf<AuditEventList>(await ask(`audit?${OLD}&${filter}`));

      expect([events.length, next_cursor]).toEqual([1, null]);
      expect(await jsonOf<AuditEvent>(await ask(`audit/${events[0]?.id ?? ''}`))).toEqual(events[0]);
    },
  );

  it('is narrowed down to several actions at once', async () => {
    await fetch(`${service.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"username":"admin","password":"x"}',
    });
    const several = 'action=sign_in.failed&action=first_administrator.created';
    const { events } = await jsonOf<AuditEventList>(await ask(`audit?${several}`));

    expect(events.map(({ action }) => action)).toEqual(['sign_in.failed', 'first_administrator.created']);
  });

  it.each([
    ['actor_id', 'actor_id=x'],
    ['actor_id', `actor_id=${UNKNOWN_ID}&actor_id=${UNKNOWN_ID}`],
    ['action', 'action=user.created&action=nonsense'],
    ['action', 'action='],
    ['object_kind', 'object_kind=file'],
    ['object_id', 'object_id=a%20b'],
    ['outcome', 'outcome=maybe'],
    ['address', 'address=somewhere'],
    ['from', 'from=yesterday'],
    ['from', 'from=2026-13-01T00:00:00Z'],
    ['to', 'to=2026-01-01T24:00:00Z'],
    ['to', 'to=2026-01-01'],
    ['user', 'user=anna'],
  ])('and its export are not narrowed down by a bad %s (%s)', async (field, filter) => {
    for (const route of ['audit', 'events', 'audit/export']) {
      const response = await ask(`${route}?${filter}`);
      const { errors } = await problemOf(response);

      expect([response.status, errors?.map((error) => error.field)]).toEqual([422, [field]]);
    }
  });

  it.each([
    ['limit', 'limit=1001'],
    ['limit', 'limit=1e1'],
    ['cursor', 'cursor=x'],
    ['cursor', `cursor=${UNKNOWN_ID}`],
  ])('has no page of a bad %s (%s)', async (field, page) => {
    const response = await ask(`audit?${page}`);
    const { errors } = await problemOf(response);

    expect([response.status, errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it.each(['audit', 'events'])('has no door at /admin/%s by which it could be changed', async (name) => {
    const [event] = (await jsonOf<AuditEventList>(await ask('audit?limit=1'))).events;
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of [name, `${name}?confirm=true`, `${name}/${event?.id ?? ''}`]) {
        const response = await fetch(`${service.url}/admin/${path}`, { method });
        expect((await problemOf(response)).code).toBe('route_not_found');
      }
  });
});

describe('a download of the trail', () => {
  it('is a file with a name, oldest first, and is told of with what was asked for', async () => {
    const search = `format=ndjson&${OLD}&from=2020-01-01T00:00:49.998Z`;
    const response = await ask(`audit/export?${search}`, { 'x-request-id': 'the-download' });
    const lines = (await response.text()).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as AuditEvent);
    const told = await query(database.url, `select * from audit_events where request_id = 'the-download'`);

    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="?audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.ndjson"?$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(events.map(({ object_id: n }) => Number(n))).toEqual([EVENTS - 2, EVENTS - 1, EVENTS]);
    expect(told).toMatchObject([
      {
        action: 'audit.exported',
        actor_kind: 'local',
        details: {
          format: 'ndjson',
          filter: { from: '2020-01-01T00:00:49.998Z', to: '2020-02-01T00:00:00Z' },
        },
      },
    ]);
  });

  it('holds every one of 50,000 events once', async () => {
    const response = await openDownload(`audit/export?format=ndjson&${OLD}`);
    let count = 0;
    for await (const line of createInterface({ input: response })) {
      count += 1;
      expect((JSON.parse(line) as AuditEvent).object_id).toBe(String(count));
    }

    expect(count).toBe(EVENTS);
  });

  it('that nobody takes is not read from the database either, and holds no connection', async () => {
    const before = proxy.receivedBytes;
    const response = await openDownload(`audit/export?${OLD}`);
    await waitForSilence();

    expect(proxy.receivedBytes - before).toBeGreaterThan(EVENT_BYTES);
    expect(proxy.receivedBytes - before).toBeLessThan((EVENTS * EVENT_BYTES) / 4);
    expect(await busyConnections()).toBe(0);
    response.destroy();
  });

  it('that is broken off ends, without an error and without a trace in the database', async () => {
    const logged = service.log().length;
    const before = proxy.receivedBytes;
    const response = await openDownload(`audit/export?${OLD}`);
    await once(response, 'readable');
    response.destroy();
    await waitFor(() => service.log().slice(logged).includes('Request broken off by the client'));
    await waitForSilence();

    expect(proxy.receivedBytes - before).toBeLessThan((EVENTS * EVENT_BYTES) / 4);
    expect(await busyConnections()).toBe(0);
    expect(service.log().slice(logged)).not.toContain('"severity":"error"');
    expect((await ask('audit?limit=1')).status).toBe(200);
  });
});

describe('while the database is away', () => {
  it('the trail cannot be read, and says so', async () => {
    await proxy.cut();
    for (const operationId of ['listAuditEvents', 'exportAuditEvents', 'getAuditEvent'])
      await expectDocumented(operationId, UNKNOWN_ID, '', 503);
  });
});

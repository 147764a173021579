/** Streams of events while something is wrong: clients that take nothing, too many of them, and a database that is away. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { EventStream } from '../support/event-stream.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LIMIT_MS = 120_000;
/** Together far more than sockets hold. */
const MANY_EVENTS = 30_000;
const EVENT_BYTES = 1000;

const contract = new OpenApiContract();
let database: TestDatabase;
let proxy: TcpProxy;
let service: RunningService;
let job: string;

beforeAll(async () => {
  database = await openOnServer();
  const reached = await TcpProxy.before(database.url);
  ({ proxy } = reached);
  service = await startService({
    env: {
      DATABASE_URL: reached.url,
      WORKER_EMBEDDED: 'false',
      MAX_STREAMS_PER_USER: '3',
      MAX_STREAMS: '2',
    },
  });
  job = (await jsonOf<Job>(await upload(service.url, { file: SHORT }))).job_id;
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await proxy.cut();
  await database.close();
}, LIMIT_MS);

const followAll = (lastId?: string): Promise<EventStream> =>
  EventStream.open(`${service.url}/jobs/events`, lastId === undefined ? {} : { 'last-event-id': lastId });

function write(reasons: string): Promise<void> {
  return executeSql(
    database.url,
    `insert into job_events (job_id, from_status, to_status, reason, attempt, relayed_at)
     select '${job}', 'queued', 'queued', reason, 0, now() from ${reasons} as reasons (reason)`,
  );
}

/** A client that has gone gives its place back a little later. */
async function followWhenFree(): Promise<EventStream> {
  let stream: EventStream | undefined;
  await waitFor(async () => (stream = await followAll().catch(() => undefined)) !== undefined);
  if (stream === undefined) throw new Error('There is no stream');
  return stream;
}

describe('streams of events', () => {
  it(
    'of a process are as many as there may be, and the next client is told when to come again',
    async () => {
      const streams = [await followAll(), await followAll()];
      const refused = await fetch(`${service.url}/jobs/events`);

      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
      expect(await contract.findFaults('followJobs', refused.clone())).toEqual([]);
      expect((await problemOf(refused)).code).toBe('streams_exhausted');
      for (const stream of streams) await stream.cut();
    },
    LIMIT_MS,
  );

  it(
    'miss nothing while the database is away',
    async () => {
      let stream = await followWhenFree();
      await write(`(values ('before'))`);
      const seen = (await stream.until(() => true)).map(({ data }) => data['reason']);
      await proxy.cut();
      await write(`(values ('meanwhile'))`);
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).status === 503);
      await proxy.open();
      await waitFor(async () => (await fetch(`${service.url}/readyz`)).ok);
      await write(`(values ('after'))`);
      while (!seen.includes('after')) {
        const event = await stream.next();
        if (event === null) stream = await followAll(stream.lastId);
        else seen.push(event.data['reason']);
      }
      await stream.cut();

      expect(seen).toEqual(['before', 'meanwhile', 'after']);
    },
    LIMIT_MS,
  );

  it(
    'of a client that takes nothing are not read ahead of it, and lose nothing',
    async () => {
      const stuck = await takeNothing();
      const live = await followWhenFree();
      const before = proxy.receivedBytes;
      await write(`(select repeat('x', ${EVENT_BYTES}) || i from generate_series(1, ${MANY_EVENTS}) as i)`);
      await live.until(({ data }) => String(data['reason']).endsWith(`x${MANY_EVENTS}`));
      await live.cut();

      expect(proxy.receivedBytes - before).toBeLessThan(1.6 * MANY_EVENTS * EVENT_BYTES);
      expect(await readTo(stuck, `x${MANY_EVENTS}"`)).toBe(MANY_EVENTS);
      stuck.destroy();
    },
    LIMIT_MS,
  );
});

/** A client that reads that its stream has begun, and no more. */
async function takeNothing(): Promise<Socket> {
  for (;;) {
    const socket = connect({ port: Number(new URL(service.url).port), host: '127.0.0.1' });
    socket.setEncoding('utf8').write('GET /jobs/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await once(socket, 'readable');
    if (String(socket.read()).startsWith('HTTP/1.1 200')) return socket;
    socket.destroy();
  }
}

/** Reads until a text comes; returns how many events there were. */
async function readTo(socket: Socket, end: string): Promise<number> {
  let events = 0;
  let line = '';
  for await (const text of socket as AsyncIterable<string>) {
    const lines = (line + text).split('\n');
    line = lines.pop() ?? '';
    const data = lines.filter((one) => one.startsWith('data: '));
    events += data.length;
    if (data.some((one) => one.includes(end))) break;
  }
  return events;
}

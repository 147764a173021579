import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { limitBodyTime } from '../../src/platform/http/late-bodies.js';

const LIMIT_MS = 100;

describe('a body that does not come', () => {
  let server: Server;
  let ran: string[];

  beforeEach(async () => {
    ran = [];
    const app = express();
    app.use(limitBodyTime(LIMIT_MS), express.json());
    app.post('/answer', (request, response) => {
      ran.push('route');
      response.json(request.body);
    });
    app.get('/early', (_request, response) => response.json({}));
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Everything that is answered until the service closes the connection, to a request that is never finished. */
  function answerTo(request: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(request);
    return text(socket);
  }

  it.each([
    ['of a length that was told', 'Content-Length: 100\r\n\r\n{"a":'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n'],
    ['of which nothing comes at all', 'Content-Length: 100\r\n\r\n'],
  ])('is answered with 408 and the end of the connection, %s', async (_what, rest) => {
    const answer = await answerTo(
      `POST /answer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json; charset=utf-8\r\n/i);
    expect(answer).toContain('"code":"request_timeout"');
    expect(ran).toEqual([]);
  });

  it('is not waited for when the answer needs none', async () => {
    expect(await answerTo('GET /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 OK\r\n/,
    );
  }, 15_000);

  it('is waited for as long as it comes, for the sake of clients that read the answer behind it only', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1' });
    const answers = text(socket);
    socket.write('GET /early HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n');
    for (let piece = 0; piece < 7; piece += 1) {
      await delay(1000);
      socket.write('x');
    }
    socket.write('GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');

    expect((await answers).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  }, 30_000);

  it('is another one than a body that is there', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: '{"a":1}' });

    expect([response.status, await response.json(), ran]).toEqual([200, { a: 1 }, ['route']]);
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type Request } from 'express';
import { closeSilentClients } from '../../src/platform/http/silent-clients.js';

const LIMIT_MS = 50;
const MIB = 2 ** 20;

/** Resolves when nothing has happened on the connection for several times the limit. */
async function longSilence({ socket }: Request): Promise<void> {
  for (let times = 0; times < 3; times += 1) await once(socket, 'timeout');
}

describe('a connection on which nothing happens', () => {
  let server: Server;

  beforeEach(async () => {
    const app = express();
    app.use(closeSilentClients());
    app.post('/slow', async (request, response) => {
      await text(request);
      await longSilence(request);
      response.send('made after all');
    });
    app.post('/unread', async (request, response) => {
      await longSilence(request);
      response.send(`read ${(await text(request)).length}`);
    });
    app.get('/halting', async (request, response) => {
      response.write('first ');
      await longSilence(request);
      response.end('last');
    });
    app.get('/long', (_request, response) => response.send(Buffer.alloc(64 * MIB)));
    server = createServer(app).listen(0, '127.0.0.1');
    server.timeout = LIMIT_MS;
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  function ask(request: string): Socket {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.write(request.replace('\r\n', '\r\nHost: x\r\nConnection: close\r\n'));
    return socket;
  }

  it.each([
    [
      'an answer is made to a whole request',
      'POST /slow HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody',
      'made after all',
    ],
    [
      'bytes of the request wait',
      `POST /unread HTTP/1.1\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1000)}`,
      'read 1000',
    ],
    ['the answer is in the middle', 'GET /halting HTTP/1.1\r\n\r\n', 'last'],
  ])('is kept while %s', async (_what, request, end) => {
    expect(await text(ask(request))).toContain(end);
  });

  it('is closed when the client sends no more of its request', async () => {
    expect(await text(ask('POST /slow HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf'))).toBe('');
  });

  it('is closed when the client sends no request at all', async () => {
    expect(await text(ask('GET /slow HTTP/1.1\r\n'))).not.toContain('made');
  });

  it('is closed when the client does not take its answer', async () => {
    const [accepted] = await Promise.all([
      once(server, 'connection') as Promise<[Socket]>,
      Promise.resolve(ask('GET /long HTTP/1.1\r\n\r\n').pause()),
    ]);
    await once(accepted[0], 'close');

    expect(accepted[0].bytesWritten).toBeGreaterThan(0);
  });
});

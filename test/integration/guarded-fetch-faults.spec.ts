import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { expectClosed, expectFailure, fetchFrom, readAll, sendEndlessly } from '../support/fetching.js';
import { OutsideServer, OutsideServers, type Answer } from '../support/outside-server.js';
import { waitFor } from '../support/wait-for.js';

/** Longer than any test. */
const NEVER_MS = 3_600_000;
const SOON_MS = 200;
const UNHURRIED = { silenceMs: NEVER_MS, minBytesPerSecond: 0, windowMs: NEVER_MS };

const servers = new OutsideServers();

afterEach(() => servers.close());

const serve = (answer: Answer): Promise<OutsideServer> => servers.add(OutsideServer.http(answer));
const say = (talk: (socket: Socket) => void, scheme?: 'https'): Promise<OutsideServer> =>
  servers.add(OutsideServer.tcp(talk, scheme));

/** Says the same again and again. */
function trickle(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 10);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

describe('an answer that is no file', () => {
  it.each([204, 206, 300, 304, 401, 403, 404, 410, 429, 500, 503])(
    'is refused with status %i',
    async (status) => {
      const server = await serve((_request, response) => response.writeHead(status).end());

      const { detail } = await expectFailure(fetchFrom(server), 'url_refused');
      expect(detail).toContain(String(status));
      await expectClosed(server);
    },
  );

  it.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, identity'])(
    'is refused when it is packed by %s',
    async (coding) => {
      const server = await serve((_request, response) =>
        response.writeHead(200, { 'content-encoding': coding }).end('packed'),
      );

      await expectFailure(fetchFrom(server), 'url_answer_invalid');
      await expectClosed(server);
    },
  );

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nsound'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a length beyond all numbers', `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(30)}\r\n\r\n`],
    ['no number for a length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['packed chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ])('is refused when it is %s', async (_what, text) => {
    const server = await say((socket) => socket.write(text));

    await expectFailure(fetchFrom(server), 'url_answer_invalid');
    await expectClosed(server);
  });

  it('is refused when its headers are huge, or never end', async () => {
    const huge = await serve((_request, response) =>
      response.writeHead(200, { 'x-huge': 'x'.repeat(20_000) }).end('sound'),
    );
    const endless = await say((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-endless: ');
      sendEndlessly(socket);
    });

    for (const server of [huge, endless]) {
      await expectFailure(fetchFrom(server), 'url_answer_invalid');
      await expectClosed(server);
    }
  });
});

describe('a file that breaks off', () => {
  it.each([
    ['before its announced length', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsound'],
    ['before its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsound\r\n'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nsound'],
    ['in a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsound\r\nxyz\r\n'],
  ])('%s is never taken for whole', async (_what, text) => {
    const server = await say((socket) => socket.end(text));

    await expectFailure(fetchFrom(server).then(readAll), 'url_interrupted');
    await expectClosed(server);
  });

  it('tells whoever comes to read it only later', async () => {
    const server = await say((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsound'));

    const file = await fetchFrom(server);
    await waitFor(() => file.bytes.destroyed, { what: 'the end of the file' });
    await expectFailure(readAll(file), 'url_interrupted');
  });
});

describe('another side that cannot be reached', () => {
  it('refuses the connection', async () => {
    const server = await serve(() => undefined);
    await server.close();

    await expectFailure(fetchFrom(server), 'url_unreachable');
  });

  it('has a name that nobody knows', async () => {
    const server = await serve(() => undefined);
    const resolver = (): Promise<string[]> =>
      Promise.reject(new Error('getaddrinfo ENOTFOUND recordings.test'));

    await expectFailure(fetchFrom(server, { resolver }), 'url_unreachable');
  });

  it('hangs up without an answer', async () => {
    const server = await say((socket) => socket.end());

    await expectFailure(fetchFrom(server), 'url_unreachable');
  });
});

describe('another side that is too slow', () => {
  it('is not waited for: its name server', async () => {
    const server = await serve(() => undefined);
    const resolver = (): Promise<string[]> => new Promise(() => undefined);

    await expectFailure(fetchFrom(server, { resolver, connection: { connectMs: SOON_MS } }), 'url_timeout');
  });

  it('is not waited for: TLS that says nothing', async () => {
    const server = await say(() => undefined, 'https');

    await expectFailure(fetchFrom(server, { connection: { connectMs: SOON_MS } }), 'url_timeout');
    await expectClosed(server);
  });

  it.each([
    ['no answer', () => undefined],
    [
      'headers that come letter by letter',
      (socket: Socket): void => {
        socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
        trickle(socket, 'x');
      },
    ],
    [
      'promises of an answer',
      (socket: Socket): void => {
        trickle(socket, 'HTTP/1.1 102 Processing\r\n\r\n');
      },
    ],
  ])('is not waited for: %s', async (_what, talk) => {
    const server = await say(talk);

    await expectFailure(fetchFrom(server, { connection: { firstByteMs: SOON_MS } }), 'url_timeout');
    await expectClosed(server);
  });

  it('is not waited for: silence in the middle', async () => {
    const server = await serve((_request, response) => response.writeHead(200).write('so'));

    const work = fetchFrom(server, { limits: { pace: { ...UNHURRIED, silenceMs: SOON_MS } } }).then(readAll);
    await expectFailure(work, 'url_timeout');
    await expectClosed(server);
  });

  it('is not waited for: bytes that come one by one', async () => {
    const server = await say((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      trickle(socket, 'x');
    });

    const pace = { ...UNHURRIED, minBytesPerSecond: 1024, windowMs: SOON_MS };
    await expectFailure(fetchFrom(server, { limits: { pace } }).then(readAll), 'url_timeout');
    await expectClosed(server);
  });

  it('is not waited for beyond the time for all of it, however fast it sends', async () => {
    const server = await serve((_request, response) => {
      sendEndlessly(response);
    });

    const work = fetchFrom(server, { maxBytes: Infinity, limits: { totalMs: SOON_MS } });
    await expectFailure(
      work.then(async ({ bytes }) => once(bytes.resume(), 'end')),
      'url_timeout',
    );
    await expectClosed(server);
  });

  it('is not waited for beyond the time for all of it, when nobody reads', async () => {
    const server = await serve((_request, response) => {
      sendEndlessly(response);
    });

    const file = await fetchFrom(server, { maxBytes: Infinity, limits: { totalMs: SOON_MS } });
    await waitFor(() => file.bytes.destroyed, { what: 'the end of the file' });
    await expectFailure(readAll(file), 'url_timeout');
    await expectClosed(server);
  });
});

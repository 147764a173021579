import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { APP_CONFIG, loadAppConfig } from '../../src/platform/config/app-config.js';
import { GuardedFetch } from '../../src/platform/net/guarded-fetch.js';
import { NetModule } from '../../src/platform/net/net.module.js';
import { expectClosed, expectFailure, fetchFrom, MIB, readAll, sendEndlessly } from '../support/fetching.js';
import { OutsideServer, OutsideServers, type Answer } from '../support/outside-server.js';
import { waitFor } from '../support/wait-for.js';

const servers = new OutsideServers();

afterEach(() => servers.close());

const serve = (answer: Answer): Promise<OutsideServer> => servers.add(OutsideServer.http(answer));
const say = (talk: (socket: Socket) => void): Promise<OutsideServer> => servers.add(OutsideServer.tcp(talk));

describe('a file by URL', () => {
  it('comes with what the other side says of it', async () => {
    const server = await serve((_request, response) =>
      response
        .writeHead(200, {
          'content-type': 'audio/MPEG; charset=binary',
          'content-length': 5,
          'content-disposition': 'attachment; filename="Keynote.mp3"',
          'set-cookie': 'a=b',
        })
        .end('sound'),
    );

    const file = await fetchFrom(server);
    expect(file).toMatchObject({
      sizeBytes: 5,
      filename: 'Keynote.mp3',
      mediaType: 'audio/mpeg',
      finalUrl: server.url('/talk.mp3'),
    });
    expect((await readAll(file)).toString()).toBe('sound');
    await fetchFrom(server).then(readAll);
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ 'accept-encoding': 'identity' });
      expect(headers.cookie).toBeUndefined();
    }
    await expectClosed(server);
  });

  it('may have an unknown size, in chunks or until the connection ends', async () => {
    const chunked = await serve((_request, response) => {
      response.write('so');
      response.end('und');
    });
    const old = await say((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nsound'));

    for (const server of [chunked, old]) {
      const file = await fetchFrom(server);
      expect(file).toMatchObject({ sizeBytes: null, filename: 'talk.mp3', mediaType: null });
      expect((await readAll(file)).toString()).toBe('sound');
    }
  });

  it('stops at its sender while its reader does, which is no silence of the sender', async () => {
    const total = 64 * MIB;
    const chunk = Buffer.alloc(64 * 1024, 'sound');
    let sent = 0;
    function* chunks(): Generator<Buffer> {
      for (; sent < total; sent += chunk.length) yield chunk;
    }
    const server = await serve((_request, response) => {
      response.setHeader('content-length', total);
      Readable.from(chunks()).pipe(response);
    });

    const { bytes } = await fetchFrom(server, {
      maxBytes: total,
      limits: { pace: { silenceMs: 200, minBytesPerSecond: 1024, windowMs: 200 } },
    });
    const hash = createHash('sha256');
    const reader = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await reader.next();
    if (first.done !== true) hash.update(first.value);
    // As the sender sees it: for many times the silence that is allowed nothing more is taken.
    let before = -1;
    let steady = 0;
    await waitFor(
      () => {
        steady = sent === before ? steady + 1 : 0;
        before = sent;
        return steady === 20;
      },
      { what: 'the sender to stop' },
    );
    expect(sent).toBeLessThan(total / 2);

    for (let next = await reader.next(); next.done !== true; next = await reader.next())
      hash.update(next.value);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(Buffer.alloc(total, chunk)).digest('hex'));
  });
});

describe('a file that is too large', () => {
  it('is refused by what it announces, before its bytes come', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10_000_000_000 });
      sendEndlessly(response);
    });

    await expectFailure(fetchFrom(server), 'file_too_large');
    await expectClosed(server);
  });

  it('is cut off when it goes on without an end', async () => {
    const server = await serve((_request, response) => {
      sendEndlessly(response);
    });

    const file = await fetchFrom(server);
    let read = 0;
    file.bytes.on('data', ({ length }: Buffer) => (read += length));
    await expectFailure(once(file.bytes, 'end'), 'file_too_large');
    expect(read).toBeLessThanOrEqual(MIB);
    await expectClosed(server);
  });

  it('is one byte larger than what is allowed', async () => {
    const server = await serve((_request, response) => {
      response.write('soun');
      response.end('d');
    });

    expect(await readAll(await fetchFrom(server, { maxBytes: 5 }))).toHaveLength(5);
    await expectFailure(fetchFrom(server, { maxBytes: 4 }).then(readAll), 'file_too_large');
  });
});

describe('whoever gives up', () => {
  const reason = new Error('The user went away');

  it.each([
    ['before it begins', true],
    ['while the other side thinks', false],
  ])('is done with it at once: %s', async (_when, early) => {
    const giving = new AbortController();
    if (early) giving.abort(reason);
    const server = await serve(() => {
      giving.abort(reason);
    });

    await expect(fetchFrom(server, { signal: giving.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(early ? 0 : 1);
    await expectClosed(server);
  });

  it('is done with it at once: while a name is looked up', async () => {
    const giving = new AbortController();
    const server = await serve(() => undefined);
    const resolver = (): Promise<string[]> => {
      giving.abort(reason);
      return new Promise(() => undefined);
    };

    await expect(fetchFrom(server, { signal: giving.signal, resolver })).rejects.toBe(reason);
  });

  it('is done with it at once: while bytes come', async () => {
    const giving = new AbortController();
    const server = await serve((_request, response) => {
      sendEndlessly(response);
    });

    const file = await fetchFrom(server, { signal: giving.signal, maxBytes: Infinity });
    file.bytes.once('data', () => {
      giving.abort(reason);
    });
    await expect(once(file.bytes, 'end')).rejects.toBe(reason);
    await expectClosed(server);
  });

  it('leaves no connection behind by not reading on', async () => {
    const server = await serve((_request, response) => {
      sendEndlessly(response);
    });

    const { bytes } = await fetchFrom(server, { maxBytes: Infinity });
    for await (const chunk of bytes) {
      expect(chunk).toBeInstanceOf(Buffer);
      break;
    }
    await expectClosed(server);
  });
});

describe('the room of the service', () => {
  @Global()
  @Module({})
  class SettingsModule {}

  @Module({})
  class RoomModule {}

  async function openRoom(environment: Readonly<Record<string, string>>): Promise<INestApplicationContext> {
    const provider = { provide: APP_CONFIG, useValue: loadAppConfig(environment, false) };
    const settings = { module: SettingsModule, providers: [provider], exports: [APP_CONFIG] };
    return NestFactory.createApplicationContext(
      { module: RoomModule, imports: [settings, NetModule] },
      { logger: false },
    );
  }

  it('fetches from private addresses only where URL_FETCH_ALLOW names them', async () => {
    const server = await serve((_request, response) => response.end('sound'));
    const target = server.url('/', '127.0.0.1');
    const options = { signal: new AbortController().signal, maxBytes: MIB };

    const closed = await openRoom({});
    await expectFailure(closed.get(GuardedFetch).open(target, options), 'url_forbidden');
    expect(server.connections).toBe(0);
    await closed.close();

    const allowing = await openRoom({ URL_FETCH_ALLOW: '127.0.0.0/8' });
    expect((await readAll(await allowing.get(GuardedFetch).open(target, options))).toString()).toBe('sound');
    await allowing.close();
  });
});

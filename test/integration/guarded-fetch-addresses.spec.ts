import { getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressGuard } from '../../src/platform/net/address-guard.js';
import { GuardedClient } from '../../src/platform/net/guarded-client.js';
import { FETCH_LIMITS, GuardedFetch } from '../../src/platform/net/guarded-fetch.js';
import { expectFailure, openClient, openFetch } from '../support/fetching.js';
import { CERTIFICATE, OutsideServer, OutsideServers, type Answer } from '../support/outside-server.js';

const options = { signal: new AbortController().signal, maxBytes: 1000 };
const servers = new OutsideServers();
let server: OutsideServer;
/** What the server answers. */
let answer: Answer;

beforeEach(async () => {
  answer = (_request, response) => response.end('sound');
  server = await servers.add(
    OutsideServer.http((request, response) => {
      answer(request, response);
    }),
  );
});

afterEach(() => servers.close());

/** The first request is led to `location`. */
function redirectOnce(location: string): void {
  answer = (_request, response) => {
    if (server.requests.length === 1) response.writeHead(302, { location }).end();
    else response.end('sound');
  };
}

async function fetchText(fetch: GuardedFetch, address: string): Promise<string> {
  const { bytes } = await fetch.open(address, options);
  return Buffer.concat(await bytes.toArray()).toString();
}

describe('an address that is not public', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '127.0.0.1.',
    '0',
    'localhost',
    'localhost.',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
  ])('is refused before anything is connected: %s', async (host) => {
    const fetch = openFetch();

    await expectFailure(fetch.open(server.url('/', host), options), 'url_forbidden');
    expect(server.connections).toBe(0);
  });

  it('is refused by the resolver of the system too', async () => {
    const guard = new AddressGuard({ hosts: [], networks: [] });
    const fetch = new GuardedFetch(new GuardedClient(guard), { ...FETCH_LIMITS, totalMs: 60_000 });

    await expectFailure(fetch.open(server.url('/', 'localhost'), options), 'url_forbidden');
    await expectFailure(fetch.open('http://no-such-name.invalid/', options), 'url_unreachable');
    expect(server.connections).toBe(0);
  });

  it.each([
    ['its address', { networks: ['127.0.0.1'] }, '127.0.0.1'],
    ['its address in another form', { networks: ['127.0.0.1'] }, '[::ffff:7f00:1]'],
    ['its network', { networks: ['10.0.0.0/8', '127.0.0.0/8'] }, 'elsewhere.test'],
    ['its name', { hosts: ['recordings.test'] }, 'recordings.test'],
    ['its name with a dot', { hosts: ['recordings.test'] }, 'RECORDINGS.test.'],
  ])('is fetched from when %s is allowed', async (_what, allow, host) => {
    expect(await fetchText(openFetch({ allow }), server.url('/', host))).toBe('sound');
  });

  it('is fetched from when it is allowed, also where Node is told to try one address only', async () => {
    const usual = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    try {
      expect(await fetchText(openFetch(), server.url())).toBe('sound');
    } finally {
      setDefaultAutoSelectFamily(usual);
    }
  });

  it('is left out where a name has public or allowed ones too', async () => {
    const fetch = openFetch({
      allow: { networks: ['127.0.0.1'] },
      resolver: () => Promise.resolve(['169.254.169.254', '::1', '127.0.0.1']),
    });

    expect(await fetchText(fetch, server.url('/', 'mixed.test'))).toBe('sound');
  });

  it.each([[[]], [['not an address']], [['127.0.0.1%lo']], [['0x7f.1', '10.0.0.1']]])(
    'is what a name leads to that resolves to %p',
    async (addresses: string[]) => {
      const fetch = openFetch({ allow: { hosts: [] }, resolver: () => Promise.resolve(addresses) });
      const code = addresses.length === 0 ? 'url_unreachable' : 'url_forbidden';

      await expectFailure(fetch.open(server.url(), options), code);
    },
  );
});

describe('a name that changes its address', () => {
  it('is resolved once a request, and the connection goes to what was checked', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let lookups = 0;
    const fetch = openFetch({
      allow: { networks: ['127.0.0.1'] },
      resolver: () => Promise.resolve(answers[Math.min(lookups++, 1)] ?? []),
    });

    expect(await fetchText(fetch, server.url('/', 'rebinding.test'))).toBe('sound');
    expect(lookups).toBe(1);
    await expectFailure(fetch.open(server.url('/', 'rebinding.test'), options), 'url_forbidden');
    expect(server.connections).toBe(1);
  });

  it('is checked again after a redirect to itself', async () => {
    redirectOnce('/again');
    let lookups = 0;
    const fetch = openFetch({
      allow: { networks: ['127.0.0.1'] },
      resolver: () => Promise.resolve([lookups++ === 0 ? '127.0.0.1' : '169.254.169.254']),
    });

    await expectFailure(fetch.open(server.url('/', 'rebinding.test'), options), 'url_forbidden');
    expect(server.connections).toBe(1);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is followed with status %i', async (status) => {
    answer = (request, response) => {
      if (request.url === '/a/old') response.writeHead(status, { location: '../new.mp3#x' }).end('moved');
      else response.end('sound');
    };

    const file = await openFetch().open(server.url('/a/old'), options);
    expect(file).toMatchObject({ finalUrl: server.url('/new.mp3'), filename: 'new.mp3' });
    expect(Buffer.concat(await file.bytes.toArray()).toString()).toBe('sound');
    for (const { headers, method } of server.requests) {
      expect(method).toBe('GET');
      expect(Object.keys(headers).toSorted()).toEqual([
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ]);
    }
  });

  it.each([
    ['a private address', (port: string) => `http://127.0.0.1:${port}/`, 'url_forbidden'],
    ['an odd spelling of one', (port: string) => `http://2130706433:${port}/`, 'url_forbidden'],
    ['a private address of IPv6', (port: string) => `http://[::1]:${port}/`, 'url_forbidden'],
    ['a name of a private address', (port: string) => `//internal.test:${port}/`, 'url_forbidden'],
    ['metadata', () => 'http://169.254.169.254/latest/meta-data/', 'url_forbidden'],
    ['a file', () => 'file:///etc/passwd', 'url_answer_invalid'],
    ['a password', (port: string) => `http://a:b@recordings.test:${port}/`, 'url_answer_invalid'],
    ['nowhere', () => 'http://', 'url_answer_invalid'],
  ] as const)('to %s is not followed', async (_what, toLocation, code) => {
    redirectOnce(toLocation(new URL(server.url()).port));

    await expectFailure(openFetch().open(server.url(), options), code);
    expect(server.connections).toBe(1);
  });

  it('is followed five times, and no sixth time', async () => {
    answer = ({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end('sound');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    };

    expect(await fetchText(openFetch(), server.url('/5'))).toBe('sound');
    server.requests.length = 0;
    await expectFailure(openFetch().open(server.url('/6'), options), 'url_too_many_redirects');
    expect(server.requests).toHaveLength(6);
  });

  it('that leads in a circle ends', async () => {
    answer = (_request, response) => response.writeHead(307, { location: server.url() }).end();

    await expectFailure(openFetch().open(server.url(), options), 'url_too_many_redirects');
  });

  it('without a place is no file', async () => {
    answer = (_request, response) => response.writeHead(302).end();

    const { detail } = await expectFailure(openFetch().open(server.url(), options), 'url_refused');
    expect(detail).toContain('302');
  });
});

describe('TLS', () => {
  const bundled = getCACertificates('default');

  afterEach(() => {
    setDefaultCACertificates(bundled);
  });

  it('is refused with a certificate that nobody has signed', async () => {
    const secure = await servers.add(OutsideServer.https((_request, response) => response.end('sound')));

    await expectFailure(openFetch().open(secure.url(), options), 'url_insecure');
    expect(secure.requests).toEqual([]);
  });

  it('needs a certificate for the name that was asked for, although the connection goes to an address', async () => {
    setDefaultCACertificates([...bundled, CERTIFICATE]);
    const secure = await servers.add(OutsideServer.https((_request, response) => response.end('sound')));
    const fetch = openFetch({ allow: { hosts: ['recordings.test', 'other.test'] } });

    expect(await fetchText(fetch, secure.url())).toBe('sound');
    await expectFailure(fetch.open(secure.url('/', 'other.test'), options), 'url_insecure');
    expect(secure.requests).toHaveLength(1);
  });

  it('is not left by a redirect', async () => {
    setDefaultCACertificates([...bundled, CERTIFICATE]);
    const secure = await servers.add(
      OutsideServer.https((_request, response) => response.writeHead(302, { location: server.url() }).end()),
    );

    await expectFailure(openFetch().open(secure.url(), options), 'url_forbidden');
    expect(server.connections).toBe(0);
  });

  it('is not there where a server speaks without', async () => {
    const plain = await servers.add(
      OutsideServer.tcp((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'), 'https'),
    );

    await expectFailure(openFetch().open(plain.url(), options), 'url_insecure');
  });
});

describe('a request of another kind', () => {
  it('goes through the same guard, with its body, and brings every status', async () => {
    let received = '';
    answer = (request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.toString()));
      request.on('end', () => response.writeHead(410).end());
    };
    const outgoing = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"done":true}'),
      signal: options.signal,
    } as const;

    const response = await openClient().request(new URL(server.url('/hook')), outgoing);
    response.destroy();
    expect(response.statusCode).toBe(410);
    expect(received).toBe('{"done":true}');
    await expectFailure(
      openClient().request(new URL(server.url('/hook', 'localhost')), outgoing),
      'url_forbidden',
    );
    expect(server.connections).toBe(1);
  });
});

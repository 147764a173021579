/** How the parts of the web app travel: packed as the client takes them, kept for good, and never mistaken for the page. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonOf } from '../support/api-client.js';
import { type RawAnswer, send } from '../support/raw-request.js';
import { type RunningService, startService } from '../support/start-service.js';
import { openCuttingProxy } from '../support/web/cutting-proxy.js';

const KEPT_FOR_GOOD = 'public, max-age=31536000, immutable';

let service: RunningService;
let parts: Readonly<Record<'js' | 'css' | 'svg', string>>;

beforeAll(async () => {
  service = await startService();
  const page = await (await fetch(`${service.url}/`)).text();
  parts = { js: partOf(page, 'js'), css: partOf(page, 'css'), svg: partOf(page, 'svg') };
});
afterAll(() => service.stop());

function partOf(page: string, ending: string): string {
  return new RegExp(`"\\./(assets/[\\w-]+\\.${ending})"`).exec(page)?.[1] ?? '';
}

/** What fetch gives the text of was unpacked by it; `content-length` is that of the wire. */
function ask(headers: Record<string, string>, method = 'GET', part = parts.js): Promise<Response> {
  return fetch(`${service.url}/${part}`, { method, headers });
}

/** As browsers ask for what they have a copy of. Fetch would say that it wants none. */
function askSince(part: string, tag: string, accepted: string): Promise<RawAnswer> {
  const headers = { 'if-none-match': tag, 'accept-encoding': accepted };
  return send(`${service.url}/${part}`, { headers });
}

function told(response: Response, ...names: string[]): (string | null)[] {
  return names.map((name) => response.headers.get(name));
}

describe('a part of the web app', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.5, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['*', 'br'],
    ['identity', null],
    ['zstd', null],
    ['br;q=0, gzip;q=0, *;q=0', null],
  ])('is sent to who accepts "%s" in the encoding %s', async (accepted, encoding) => {
    const response = await ask({ 'accept-encoding': accepted });
    expect(response.status).toBe(200);
    expect(told(response, 'content-encoding', 'vary')).toEqual([encoding, 'Accept-Encoding']);
    const plain = await (await ask({ 'accept-encoding': 'identity' })).text();
    expect(await response.text()).toBe(plain);
    const onTheWire = Number(response.headers.get('content-length'));
    if (encoding === null) expect(onTheWire).toBe(Buffer.byteLength(plain));
    else expect(onTheWire).toBeLessThan(Buffer.byteLength(plain) / 2);
  });

  it('is sent plain to who names no encoding', async () => {
    const answer = await send(`${service.url}/${parts.js}`, {});
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers.vary).toBe('Accept-Encoding');
  });

  it.each([
    ['js', 'text/javascript; charset=utf-8'],
    ['css', 'text/css; charset=utf-8'],
    ['svg', 'image/svg+xml'],
  ] as const)('has the type of what is packed, and is kept for good: %s', async (ending, type) => {
    for (const accepted of ['br', 'gzip', 'identity']) {
      const response = await ask({ 'accept-encoding': accepted }, 'GET', parts[ending]);
      expect(told(response, 'content-type', 'cache-control', 'x-content-type-options')).toEqual([
        type,
        KEPT_FOR_GOOD,
        'nosniff',
      ]);
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    }
  });

  it('has a tag for each encoding, by which it is not sent again', async () => {
    const tags = new Set<string>();
    for (const accepted of ['br', 'gzip', 'identity']) {
      const tag = (await ask({ 'accept-encoding': accepted })).headers.get('etag') ?? '';
      tags.add(tag);
      const again = await askSince(parts.js, tag, accepted);
      expect(again).toMatchObject({ status: 304, body: '', headers: { vary: 'Accept-Encoding', etag: tag } });
      expect((await askSince(parts.js, '"another"', accepted)).status).toBe(200);
    }
    expect(tags.size).toBe(3);
  });

  it('is told of by HEAD as by GET, without its content', async () => {
    const [got, head] = [
      await ask({ 'accept-encoding': 'br' }),
      await ask({ 'accept-encoding': 'br' }, 'HEAD'),
    ];
    const names = ['content-length', 'content-type', 'content-encoding', 'etag', 'cache-control', 'vary'];
    expect(head.status).toBe(200);
    expect(told(head, ...names)).toEqual(told(got, ...names));
    expect(await head.text()).toBe('');
  });

  it('is sent from the middle on, where that is asked for and there is such a place', async () => {
    const plain = await (await ask({ 'accept-encoding': 'identity' })).text();
    const piece = await ask({ 'accept-encoding': 'identity', range: 'bytes=10-19' });
    expect(piece.status).toBe(206);
    expect(piece.headers.get('content-range')).toBe(`bytes 10-19/${Buffer.byteLength(plain)}`);
    expect(await piece.text()).toBe(plain.slice(10, 20));
    const beyond = await ask({ 'accept-encoding': 'identity', range: 'bytes=99999999-' });
    expect(beyond.status).toBe(416);
  });

  it('is found packed below the prefix of a proxy', async () => {
    const proxy = await openCuttingProxy(service.url, '/speech');
    const response = await fetch(`${proxy.url}/${parts.js}`, { headers: { 'accept-encoding': 'br' } });
    expect(told(response, 'content-encoding', 'cache-control')).toEqual(['br', KEPT_FOR_GOOD]);
    await proxy.close();
  });

  it.each([
    'assets/index-00000000.js',
    'assets/index-00000000.js.br',
    'assets/.hidden.js',
    'assets/%2e%2e/index.html',
    'assets/',
  ])('that does not exist is not the page instead: %s', async (part) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await ask({ 'accept-encoding': 'br', accept: 'text/html' }, method, part);
      expect(response.status).toBe(404);
      expect(told(response, 'content-encoding')).toEqual([null]);
      expect(response.headers.get('content-type')).toMatch(/problem\+json/);
      expect(response.headers.get('cache-control') ?? '').not.toMatch(/immutable|max-age=[1-9]/);
    }
  });

  it('has no packed copy of its own address, and is not written to', async () => {
    expect((await ask({}, 'GET', `${parts.js}.br`)).status).toBe(404);
    const written = await ask({}, 'POST');
    expect(await jsonOf<{ code: string }>(written)).toMatchObject({ code: 'route_not_found' });
  });
});

describe('the page itself', () => {
  it('is asked for again each time, and not sent again while it is the same', async () => {
    const first = await fetch(`${service.url}/app/jobs`);
    expect(told(first, 'cache-control')).toEqual(['no-cache']);
    const again = await askSince('app/jobs', first.headers.get('etag') ?? '', 'br');
    expect(again).toMatchObject({ status: 304, headers: { 'cache-control': 'no-cache' } });
  });
});

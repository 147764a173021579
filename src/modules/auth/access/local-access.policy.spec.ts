import { describe, expect, it } from '@jest/globals';
import { assertSameOrigin, isOwnPage, type RequestOrigin, type Site } from './local-access.policy.js';

const LOCAL: Site = { production: false, http: { publicUrl: null } };
const PUBLISHED: Site = { production: false, http: { publicUrl: 'https://speech.example/app' } };
const PRODUCTION: Site = { ...PUBLISHED, production: true };

const asked = (request: Partial<RequestOrigin>): RequestOrigin => ({
  scheme: 'http',
  host: '127.0.0.1:8001',
  origin: undefined,
  fetchSite: undefined,
  ...request,
});

describe('isOwnPage', () => {
  it.each([
    ['a program', {}],
    ['an address that somebody typed', { fetchSite: 'none' }],
    ['a page of the service', { origin: 'http://127.0.0.1:8001', fetchSite: 'same-origin' }],
    ['a page of the service, under IPv6', { host: '[::1]:8001', origin: 'http://[::1]:8001' }],
    ['a page of the service, at the usual port', { host: 'speech.lan:80', origin: 'http://speech.lan' }],
    ['a page of the service, by TLS', { scheme: 'https', host: 'a_b.lan', origin: 'https://a_b.lan' }],
  ])('is true of %s', (_what, request) => {
    expect(isOwnPage(asked(request), LOCAL)).toBe(true);
  });

  it.each([
    ['a page of another site', { origin: 'https://evil.example', fetchSite: 'cross-site' }],
    ['a page of another site, in a browser that tells no site', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:3000', fetchSite: 'same-site' }],
    ['a page of another port, in a browser that tells no site', { origin: 'http://127.0.0.1:3000' }],
    ['a page of another scheme', { origin: 'https://127.0.0.1:8001' }],
    ['a page without TLS where there is', { scheme: 'https', origin: 'http://127.0.0.1:8001' }],
    ['a page without an origin of its own', { origin: 'null', fetchSite: 'cross-site' }],
    ['a foreign page that hides its origin', { fetchSite: 'cross-site' }],
    ['a page of no host', { host: undefined, origin: 'http://127.0.0.1:8001' }],
    ['a page of a host that is none', { host: 'evil.example@a.lan', origin: 'http://a.lan' }],
  ])('is false of %s', (_what, request) => {
    for (const site of [LOCAL, PUBLISHED, PRODUCTION]) expect(isOwnPage(asked(request), site)).toBe(false);
  });

  it('is true of a page under the published address, whatever host a proxy asks for', () => {
    const origin = 'https://speech.example';

    for (const site of [PUBLISHED, PRODUCTION]) {
      expect(isOwnPage(asked({ origin, fetchSite: 'same-origin' }), site)).toBe(true);
      expect(isOwnPage(asked({ origin, host: 'speech.example' }), site)).toBe(true);
    }
    expect(isOwnPage(asked({ origin }), LOCAL)).toBe(false);
  });

  it.each([
    'http://speech.example',
    'https://speech.example:8443',
    'http://127.0.0.1:8001',
    'http://evil.example',
  ])(
    'is false of %s in production, where only the published address counts, whatever the request was made to',
    (origin) => {
      const { protocol, host } = new URL(origin);

      expect(isOwnPage(asked({ origin, scheme: protocol.slice(0, -1), host }), PRODUCTION)).toBe(false);
    },
  );
});

describe('assertSameOrigin', () => {
  const ask = (site: Site, headers: Record<string, string>) => (): void => {
    assertSameOrigin({ protocol: 'http', headers: { host: 'evil.example', ...headers } }, site);
  };

  it('takes the host of the request for an origin of ours only where none is published', () => {
    expect(ask(LOCAL, { origin: 'http://evil.example' })).not.toThrow();
    expect(ask(LOCAL, { origin: 'https://evil.example' })).toThrow('origin_forbidden');
    expect(ask(PRODUCTION, { origin: 'http://evil.example' })).toThrow('origin_forbidden');
    expect(ask(PRODUCTION, { origin: 'https://speech.example' })).not.toThrow();
  });
});

import { describe, expect, it } from '@jest/globals';
import { isOwnPage, type RequestOrigin } from './local-access.policy.js';

const PUBLISHED = 'https://speech.example/app';

const asked = (request: Partial<RequestOrigin>): RequestOrigin => ({
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
  ])('is true of %s', (_what, request) => {
    expect(isOwnPage(asked(request), null)).toBe(true);
  });

  it.each([
    ['a page of another site', { origin: 'https://evil.example', fetchSite: 'cross-site' }],
    ['a page of another site, in a browser that tells no site', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:3000', fetchSite: 'same-site' }],
    ['a page without an origin of its own', { origin: 'null', fetchSite: 'cross-site' }],
    ['a foreign page that hides its origin', { fetchSite: 'cross-site' }],
    ['a page of no host', { host: undefined, origin: 'http://127.0.0.1:8001' }],
  ])('is false of %s', (_what, request) => {
    expect(isOwnPage(asked(request), null)).toBe(false);
    expect(isOwnPage(asked(request), PUBLISHED)).toBe(false);
  });

  it('is true of a page under the published address, whatever host a proxy asks for', () => {
    const origin = 'https://speech.example';

    expect(isOwnPage(asked({ origin, fetchSite: 'same-origin' }), PUBLISHED)).toBe(true);
    expect(isOwnPage(asked({ origin, host: 'speech.example' }), PUBLISHED)).toBe(true);
    expect(isOwnPage(asked({ origin }), null)).toBe(false);
  });
});

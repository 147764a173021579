import { describe, expect, it } from '@jest/globals';
import { isLocalRequest } from './local-access.policy.js';

describe('isLocalRequest', () => {
  it.each([
    { host: '127.0.0.1:8001', origin: undefined, fetchSite: undefined },
    { host: 'localhost:8001', origin: 'http://localhost:8001', fetchSite: 'same-origin' },
    { host: '[::1]:8001', origin: 'http://[::1]:8001', fetchSite: 'same-origin' },
    { host: 'LOCALHOST', origin: undefined, fetchSite: 'none' },
  ])('lets %p in', (request) => {
    expect(isLocalRequest(request, null)).toBe(true);
  });

  it.each([
    [
      'a host name that points here (DNS rebinding)',
      { host: 'evil.example:8001', origin: undefined, fetchSite: undefined },
    ],
    [
      'a host name that looks local',
      { host: '127.0.0.1.evil.example', origin: undefined, fetchSite: undefined },
    ],
    [
      'a page of another site',
      { host: '127.0.0.1:8001', origin: 'https://evil.example', fetchSite: 'cross-site' },
    ],
    [
      'a page of another port',
      { host: '127.0.0.1:8001', origin: 'http://127.0.0.1:3000', fetchSite: 'same-site' },
    ],
    [
      'a page without an origin of its own',
      { host: '127.0.0.1:8001', origin: 'null', fetchSite: 'cross-site' },
    ],
    [
      'a foreign page that hides its origin',
      { host: '127.0.0.1:8001', origin: undefined, fetchSite: 'cross-site' },
    ],
    ['a request without a host', { host: undefined, origin: undefined, fetchSite: undefined }],
    ['a broken host', { host: 'a b', origin: undefined, fetchSite: undefined }],
  ])('keeps out %s', (_what, request) => {
    expect(isLocalRequest(request, null)).toBe(false);
  });

  it('lets the published address in, and nobody else with it', () => {
    const published = 'https://speech.example/app';
    const request = { host: 'speech.example', origin: 'https://speech.example', fetchSite: 'same-origin' };

    expect(isLocalRequest(request, published)).toBe(true);
    expect(isLocalRequest({ ...request, host: '127.0.0.1:8001' }, published)).toBe(true);
    expect(isLocalRequest({ ...request, origin: 'https://evil.example' }, published)).toBe(false);
    expect(isLocalRequest({ ...request, host: 'evil.example' }, published)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { loadAppConfig } from './app-config.js';
import { urlFetchAllow } from './url-fetch-allow.js';

describe('URL_FETCH_ALLOW', () => {
  it.each([
    ['', [], []],
    ['media.internal', ['media.internal'], []],
    ['Media.Internal., minio', ['media.internal', 'minio'], []],
    ['blob_store,a-1.b-2.example', ['blob_store', 'a-1.b-2.example'], []],
    ['bücher.example', ['xn--bcher-kva.example'], []],
    ['10.1.2.3,10.2.0.0/16', [], ['10.1.2.3', '10.2.0.0/16']],
    ['::1, fd00::/8 ,localhost', ['localhost'], ['::1', 'fd00::/8']],
  ])('takes %p', (raw, hosts, networks) => {
    expect(urlFetchAllow(raw)).toEqual({ value: { hosts, networks } });
  });

  it.each([
    '*',
    '*.example',
    'http://media.internal',
    'media.internal:9000',
    'media.internal/path',
    'media.internal?x',
    'media%2einternal',
    'user@media.internal',
    '[::1]',
    'fe80::1%eth0',
    'fe80::1%eth0/64',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10/8',
    '0x7f.1',
    '2130706433',
    'host.0x1',
    '0.0.0.0/0',
    '::/0',
    '-a.example',
    'a..b',
    'a b',
    `${'a'.repeat(64)}.example`,
    'media.internal,',
  ])('does not take %p', (raw) => {
    expect(urlFetchAllow(raw)).toEqual({ problem: expect.stringMatching(/^must be host names/) });
  });

  it('has every bad entry named at start', () => {
    expect(() => loadAppConfig({ URL_FETCH_ALLOW: '10.0.0.0/8,*.example,good.example,::/0' }, false)).toThrow(
      'not "*.example", "::/0"',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { isOwnHost } from './own-host.js';

const PUBLISHED = 'https://speech.example/app';

describe('isOwnHost', () => {
  it.each([
    '127.0.0.1:8001',
    '127.1.2.3',
    'localhost:8001',
    'LOCALHOST',
    'localhost.',
    'localhost.:8001',
    '[::1]:8001',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]:8001',
  ])('knows %s', (host) => {
    expect(isOwnHost(host, null)).toBe(true);
  });

  it.each([
    ['a host name that points here (DNS rebinding)', 'evil.example:8001'],
    ['a host name that looks local', '127.0.0.1.evil.example'],
    ['a host name behind which an address stands', 'evil.example@127.0.0.1'],
    ['a host name before which one stands', 'localhost@evil.example'],
    ['an address with a path', '127.0.0.1/../'],
    ['an address with a query', '127.0.0.1?evil.example'],
    ['an address with a fragment', '127.0.0.1#evil.example'],
    ['an address with a tab in it', '127.0.\t0.1'],
    ['an address in other digits', '１２７.0.0.1'],
    ['an address in hexadecimal', '0x7f000001'],
    ['an address that is shortened', '127.1'],
    ['an address that there is not', '127.0.0.256'],
    ['another address', '[::ffff:192.0.2.1]'],
    ['an address with a zone', '[::1%25lo]'],
    ['an address without its brackets', '::1'],
    ['two dots', 'localhost..'],
    ['a port that is none', '127.0.0.1:http'],
    ['two hosts', '127.0.0.1, evil.example'],
    ['no host', undefined],
    ['an empty host', ''],
    ['a broken host', 'a b'],
  ])('does not know %s', (_what, host) => {
    expect(isOwnHost(host, null)).toBe(false);
    expect(isOwnHost(host, PUBLISHED)).toBe(false);
  });

  it('knows the published address', () => {
    expect(isOwnHost('speech.example', PUBLISHED)).toBe(true);
    expect(isOwnHost('speech.example', null)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { clientAddressOf } from './client-address.js';

describe('clientAddressOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['2001:db8::ffff:192.0.2.1', '2001:db8::ffff:192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('writes %s as %s', (ip, address) => {
    expect(clientAddressOf({ ip })).toBe(address);
  });

  it('is empty when the client was gone before it was asked for', () => {
    expect(clientAddressOf({ ip: undefined })).toBe('');
  });
});

import { describe, expect, it } from '@jest/globals';
import { trustProxy } from './trust-proxy.js';

describe('TRUST_PROXY', () => {
  it.each([
    ['', null],
    ['1', 1],
    ['10', 10],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['192.0.2.7, 2001:db8::/32 ,loopback', ['192.0.2.7', '2001:db8::/32', 'loopback']],
    ['linklocal,uniquelocal,::1', ['linklocal', 'uniquelocal', '::1']],
  ])('takes %p', (raw, value) => {
    expect(trustProxy(raw)).toEqual({ value });
  });

  it.each([
    'true',
    'false',
    '0',
    '11',
    '-1',
    '*',
    '10.0.0',
    '10.0.0.0/33',
    'proxy.example',
    '0.0.0.0/0',
    '::/0',
    'loopback,',
    '1,2',
  ])('does not take %p', (raw) => {
    expect(trustProxy(raw)).toEqual({ problem: expect.stringMatching(/^must be a number of proxies/) });
  });
});

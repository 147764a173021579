import { describe, expect, it } from '@jest/globals';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './public-address.js';

type Outside = 'public' | 'refused';

/** Ranges that are not public: from, to, and what their neighbours below and above are. */
const REFUSED_IPV4: readonly (readonly [string, string, string, Outside, Outside])[] = [
  ['this network', '0.0.0.0', '0.255.255.255', 'refused', 'public'],
  ['private 10/8', '10.0.0.0', '10.255.255.255', 'public', 'public'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255', 'public', 'public'],
  ['loopback', '127.0.0.0', '127.255.255.255', 'public', 'public'],
  ['link-local, with metadata', '169.254.0.0', '169.254.255.255', 'public', 'public'],
  ['private 172.16/12', '172.16.0.0', '172.31.255.255', 'public', 'public'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255', 'public', 'public'],
  ['documentation 1', '192.0.2.0', '192.0.2.255', 'public', 'public'],
  ['AS112 (DNS redirection)', '192.31.196.0', '192.31.196.255', 'public', 'public'],
  ['multicast tunnels', '192.52.193.0', '192.52.193.255', 'public', 'public'],
  ['6to4 relays', '192.88.99.0', '192.88.99.255', 'public', 'public'],
  ['private 192.168/16', '192.168.0.0', '192.168.255.255', 'public', 'public'],
  ['AS112 (direct delegation)', '192.175.48.0', '192.175.48.255', 'public', 'public'],
  ['benchmarks', '198.18.0.0', '198.19.255.255', 'public', 'public'],
  ['documentation 2', '198.51.100.0', '198.51.100.255', 'public', 'public'],
  ['documentation 3', '203.0.113.0', '203.0.113.255', 'public', 'public'],
  ['multicast', '224.0.0.0', '239.255.255.255', 'public', 'refused'],
  ['reserved, and broadcast', '240.0.0.0', '255.255.255.255', 'refused', 'refused'],
  ['the platform of Azure', '168.63.129.16', '168.63.129.16', 'public', 'public'],
];

const REFUSED_IPV6: readonly (readonly [string, string, string, Outside, Outside])[] = [
  ['unspecified, loopback, IPv4-compatible', '::', '::ffff:ffff', 'refused', 'refused'],
  ['local NAT64', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['discard', '100::', '100::ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['below global unicast', '200::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'refused', 'public'],
  ['Teredo', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff', 'public', 'refused'],
  ['protocol assignments', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', 'public', 'public'],
  ['benchmarks', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['documentation', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'public', 'public'],
  ['6to4', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public', 'public'],
  ['AS112', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff', 'public', 'public'],
  ['documentation 2', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'public', 'public'],
  ['above global unicast', '4000::', 'fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public', 'refused'],
  ['segment routing', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['unique-local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['link-local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['site-local', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
  ['multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'refused', 'refused'],
];

function toNumber(address: string): bigint {
  return BigInt(`0x${Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex')}`);
}

function fromNumber(value: bigint, bytes: number): string {
  const hex = value.toString(16).padStart(bytes * 2, '0');
  return ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]).toString();
}

/** First, last, middle and a walk through the range. */
function samples(first: string, last: string, bytes: number): string[] {
  const [from, to] = [toNumber(first), toNumber(last)];
  return Array.from({ length: 17 }, (_, step) =>
    fromNumber(from + ((to - from) * BigInt(step)) / 16n, bytes),
  );
}

function neighbour(address: string, step: 1n | -1n, bytes: number): string | null {
  const value = toNumber(address) + step;
  return value < 0n || value >= 1n << BigInt(bytes * 8) ? null : fromNumber(value, bytes);
}

function mapped(address: string): string {
  return `::ffff:${address}`;
}

function nat64(address: string): string {
  return `64:ff9b::${address}`;
}

describe('isPublicAddress', () => {
  it.each(REFUSED_IPV4)(
    'refuses %s from first to last, and no neighbour',
    (_name, first, last, below, above) => {
      for (const address of samples(first, last, 4)) {
        for (const form of [address, mapped(address), nat64(address)])
          expect([form, isPublicAddress(form)]).toEqual([form, false]);
      }
      for (const [address, outside] of [
        [neighbour(first, -1n, 4), below],
        [neighbour(last, 1n, 4), above],
      ] as const) {
        if (address === null) continue;
        for (const form of [address, mapped(address), nat64(address)])
          expect([form, isPublicAddress(form)]).toEqual([form, outside === 'public']);
      }
    },
  );

  it.each(REFUSED_IPV6)(
    'refuses %s from first to last, and no neighbour',
    (_name, first, last, below, above) => {
      for (const address of samples(first, last, 16))
        expect([address, isPublicAddress(address)]).toEqual([address, false]);
      for (const [address, outside] of [
        [neighbour(first, -1n, 16), below],
        [neighbour(last, 1n, 16), above],
      ] as const) {
        if (address !== null)
          expect([address, isPublicAddress(address)]).toEqual([address, outside === 'public']);
      }
    },
  );

  it('agrees with the ranges for addresses from the whole of IPv4', () => {
    const ranges = REFUSED_IPV4.map(([, first, last]) => [toNumber(first), toNumber(last)] as const);
    // A prime step meets every /16 at changing places.
    for (let value = 0n; value < 1n << 32n; value += 65_521n) {
      const address = fromNumber(value, 4);
      const refused = ranges.some(([first, last]) => value >= first && value <= last);
      if (isPublicAddress(address) === refused) throw new Error(`${address} is judged wrongly`);
    }
  });

  it.each([
    ['metadata of clouds', '169.254.169.254'],
    ['the same, mapped', '::ffff:a9fe:a9fe'],
    ['the same, mapped and spelt out', '0:0:0:0:0:ffff:169.254.169.254'],
    ['the same by NAT64', '64:ff9b::a9fe:a9fe'],
    ['the same by a local NAT64', '64:ff9b:1::a9fe:a9fe'],
    ['the same by 6to4', '2002:a9fe:a9fe::1'],
    ['the same by Teredo', '2001:0:4136:e378:8000:63bf:5601:5601'],
    ['the same, IPv4-compatible', '::a9fe:a9fe'],
    ['the same, translated', '::ffff:0:a9fe:a9fe'],
    ['metadata of AWS by IPv6', 'fd00:ec2::254'],
    ['metadata of Google by IPv6', 'fd20:ce::254'],
    ['metadata of Alibaba', '100.100.100.200'],
    ['metadata of Oracle', '192.0.0.192'],
    ['a zone', 'fe80::1%eth0'],
    ['a zone on a public address', '2606:4700::1111%1'],
    ['a hexadecimal spelling', '0x7f.1'],
    ['a decimal spelling', '2130706433'],
    ['an octal spelling', '017700000001'],
    ['octal parts', '0300.0250.1.1'],
    ['short parts of a public address', '8.8.2056'],
    ['a leading zero', '08.8.8.8'],
    ['brackets', '[2606:4700::1111]'],
    ['a space', ' 8.8.8.8'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('refuses %s: %s', (_name, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
    '2606:4700:4700::1111',
    '2A00:1450:4001:830::200E',
    '2001:200::1',
    '2001:4860:4860::8888',
  ])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

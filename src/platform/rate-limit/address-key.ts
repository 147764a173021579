import ipaddr from 'ipaddr.js';

const SUBNET_BITS = 64;

/** Under what an address is counted. Whoever has one IPv6 address mostly has its whole /64, so that counts as one. */
export function toAddressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${SUBNET_BITS}`).toString()}/${SUBNET_BITS}`;
}

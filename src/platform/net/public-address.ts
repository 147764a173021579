import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Looks public, but answers virtual machines of Azure with what is theirs only. */
const AZURE_PLATFORM = '168.63.129.16';
/** Everything public in IPv6 is in 2000::/3 so far; the IPv4 addresses in ::/96 and other old forms are not. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Where DNS64 puts the IPv4 addresses of others. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an address belongs to the public Internet, after the special-purpose registries of IANA (RFC 6890). IPv6 forms of IPv4 addresses
 * are judged by those where hosts still make them (mapped, NAT64), and otherwise (6to4, Teredo) not public. What is not an address in
 * its usual spelling is not public either.
 */
export function isPublicAddress(address: string): boolean {
  // A zone says through which interface of this machine.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return isPublicIPv4(parsed);
  if (parsed.match(NAT64)) return isPublicIPv4(new ipaddr.IPv4(parsed.toByteArray().slice(-4)));
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast';
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && address.toString() !== AZURE_PLATFORM;
}

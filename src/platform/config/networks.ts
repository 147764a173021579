import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether this is an address or a network in its usual spelling. A network that holds every address is none. */
export function isAddressOrNetwork(entry: string): boolean {
  if (!entry.includes('/')) return isPlainAddress(entry);
  return ipaddr.isValidCIDR(entry) && isPlainAddress(entry.replace(/\/.*/, '')) && !/\/0+$/.test(entry);
}

/** Whether a host name or address can only mean this machine. */
export function isLoopbackAddress(host: string): boolean {
  return (
    host.toLowerCase() === 'localhost' ||
    (isPlainAddress(host) && ipaddr.process(host).range() === 'loopback')
  );
}

/** A zone names an interface of this machine, so it is no part of an address that others could have. */
function isPlainAddress(entry: string): boolean {
  return isIP(entry) !== 0 && !entry.includes('%');
}

import { isAddressOrNetwork } from './networks.js';
import { quoteEntries, splitList, type Parsed } from './setting.js';

/** How many proxies stand in front, or which. */
export type TrustedProxies = number | readonly string[];

const MOST_HOPS = 10;
const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** "true" would believe whoever sends the header, so it is none of the values. */
export function trustProxy(raw: string): Parsed<TrustedProxies | null> {
  if (raw === '') return { value: null };
  if (/^\d+$/.test(raw)) {
    const hops = Number(raw);
    return hops >= 1 && hops <= MOST_HOPS
      ? { value: hops }
      : { problem: `must be a number of proxies from 1 to ${MOST_HOPS}, or their addresses` };
  }
  const entries = splitList(raw);
  const wrong = entries.filter((entry) => !isNetwork(entry));
  return wrong.length === 0
    ? { value: entries }
    : {
        problem: `must be a number of proxies, or addresses and networks with commas between them; not ${quoteEntries(wrong)}`,
      };
}

function isNetwork(entry: string): boolean {
  return NETWORKS.includes(entry) || isAddressOrNetwork(entry);
}

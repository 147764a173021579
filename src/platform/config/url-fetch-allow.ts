import { domainToASCII } from 'node:url';
import { isAddressOrNetwork } from './networks.js';
import { quoteEntries, splitList, type Parsed } from './setting.js';

/** What is reached although it is not public. */
export interface AllowedTargets {
  /** In lower case, ASCII, without a dot at the end. */
  readonly hosts: readonly string[];
  /** Addresses and networks in CIDR notation. */
  readonly networks: readonly string[];
}

// Names of containers have underscores. A last label that is a number makes the whole an IPv4 address, in one of its odd spellings.
const HOST_NAME =
  /^(?=.{1,253}$)(?!(.*\.)?(\d+|0x[\da-f]*)$)[a-z0-9_]([\w-]{0,61}\w)?(\.[a-z0-9_]([\w-]{0,61}\w)?)*$/;

export function urlFetchAllow(raw: string): Parsed<AllowedTargets> {
  if (raw === '') return { value: { hosts: [], networks: [] } };
  const entries = splitList(raw);
  const networks = entries.filter(isAddressOrNetwork);
  const others = entries.filter((entry) => !networks.includes(entry));
  const wrong = others.filter((entry) => !isHostName(entry));
  return wrong.length === 0
    ? { value: { hosts: others.map(toHostName), networks } }
    : {
        problem: `must be host names, addresses and networks with commas between them; not ${quoteEntries(wrong)}`,
      };
}

function isHostName(entry: string): boolean {
  // `domainToASCII` cuts off, or decodes, what may follow a host name in a URL.
  return !/[\s/\\?#%@:]/.test(entry) && HOST_NAME.test(toHostName(entry));
}

/** A name as URLs spell it, with one dot at the end left out, which is the same name. Empty: none. */
export function toHostName(name: string): string {
  return domainToASCII(name).replace(/\.$/, '');
}

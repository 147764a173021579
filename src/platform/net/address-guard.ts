import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { toHostName, type AllowedTargets } from '../config/url-fetch-allow.js';
import { AppError } from '../errors/app-error.js';
import { isPublicAddress } from './public-address.js';

/** The addresses of a name, in the order in which they are to be tried. Rejects for a name that has none. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

/** Says which addresses of a host may be connected to. Only what it returned may be; asking again may give another answer. */
export class AddressGuard {
  private readonly hosts: ReadonlySet<string>;
  private readonly networks: BlockList;

  constructor(
    allowed: AllowedTargets,
    private readonly resolver: Resolver = resolveBySystem,
  ) {
    this.hosts = new Set(allowed.hosts);
    this.networks = toBlockList(allowed.networks);
  }

  /**
   * @param hostname as `URL.hostname` has it: with all odd spellings of addresses made plain, and IPv6 in brackets
   * @throws AppError url_unreachable when the name has no address, url_forbidden when none of them may be connected to
   */
  async resolve(hostname: string): Promise<string[]> {
    const host = toAddress(hostname);
    const addresses = isIP(host) === 0 ? await this.lookUp(host) : [host];
    if (this.hosts.has(toHostName(host))) return addresses;
    const reachable = addresses.filter((address) => this.mayReach(address));
    if (reachable.length > 0) return reachable;
    throw new AppError(
      'url_forbidden',
      'The address is not one of the public Internet. The operator can allow it: URL_FETCH_ALLOW, for webhooks WEBHOOK_ALLOW.',
    );
  }

  /**
   * Whether a host that is an address may be connected to. A name is not judged: what it leads to is known when somebody goes there.
   *
   * @throws AppError url_forbidden
   */
  async assertNotForbidden(hostname: string): Promise<void> {
    if (isIP(toAddress(hostname)) !== 0) await this.resolve(hostname);
  }

  private async lookUp(host: string): Promise<string[]> {
    const addresses = await this.resolver(host).catch((cause: unknown) => {
      throw unresolvable(cause);
    });
    if (addresses.length === 0) throw unresolvable();
    return [...addresses];
  }

  private mayReach(address: string): boolean {
    return isPublicAddress(address) || this.networks.check(address, familyOf(address));
  }
}

/** Without the brackets that IPv6 has in URLs. */
function toAddress(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** By the resolver of the system, which knows /etc/hosts and the names of containers too. */
async function resolveBySystem(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

function unresolvable(cause?: unknown): AppError {
  return new AppError('url_unreachable', 'The name of the host leads nowhere.', { cause });
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of networks) {
    const [network = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(network, familyOf(network));
    else list.addSubnet(network, Number(bits), familyOf(network));
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

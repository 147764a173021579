import type { RequestHandler } from 'express';
import { isLoopbackAddress } from '../config/networks.js';
import { AppError } from '../errors/app-error.js';

/** `Host` after RFC 9110: a name or an address, and perhaps a port. A URL parser would read a host out of much that is none. */
const HOST = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[\w-](?:[\w.-]*[\w-])?)\.?)(?::\d{1,5})?$/i;

/** What asks them names the service as it likes, and learns nothing else. */
const PROBES = [
  '/health',
  '/health/livez',
  '/health/readyz',
  '/health/startupz',
  '/livez',
  '/readyz',
  '/startupz',
];

/** The origin, as browsers write it, that requests to `host` are made to; null: `host` is none. */
export function originOfHost(scheme: string, host: string | undefined): string | null {
  const url = `${scheme}://${host}`;
  return host !== undefined && HOST.test(host) && URL.canParse(url) ? new URL(url).origin : null;
}

/** Whether a request was made to an address that can only mean this machine. */
export function isLoopbackHost(host: string | undefined): boolean {
  const { ipv6, name } = HOST.exec(host ?? '')?.groups ?? {};
  const address = ipv6 ?? name;
  return address !== undefined && isLoopbackAddress(address);
}

/**
 * Whether a request was made to this machine under a name of its own, or to the address that the operator has published. A page can point a
 * host name of its own at 127.0.0.1 (DNS rebinding): to the browser it then is the origin that it asks, so that only `Host` tells.
 *
 * @param publicUrl the address that the operator has published the service under
 */
export function isOwnHost(host: string | undefined, publicUrl: string | null): boolean {
  return isLoopbackHost(host) || (publicUrl !== null && host === new URL(publicUrl).host);
}

/** Keeps pages that pointed their own name at this machine from everything that answers without credentials. */
export function refuseForeignHosts(publicUrl: string | null): RequestHandler {
  return ({ path, headers }, _response, next) => {
    if (isOwnHost(headers.host, publicUrl) || PROBES.includes(path.replace(/\/$/, ''))) {
      next();
      return;
    }
    next(
      new AppError(
        'origin_forbidden',
        'This service only answers under the names of its machine and under PUBLIC_URL.',
      ),
    );
  };
}

import type { AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { originOfHost } from '../../../platform/http/own-host.js';

/** What a request says about where it was made to, and where it comes from. */
export interface RequestOrigin {
  readonly scheme: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** What pages of the service are told by. */
export type Site = Pick<AppConfig, 'production'> & { readonly http: Pick<AppConfig['http'], 'publicUrl'> };

/** Header fields as Node gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;
/** A request, as Express gives it: a proxy that is trusted tells the protocol. */
interface AskedFrom {
  readonly headers: Headers;
  readonly protocol: string;
}

export function originOf({ headers, protocol }: AskedFrom): RequestOrigin {
  const single = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    scheme: protocol,
    host: single('host'),
    origin: single('origin'),
    fetchSite: single('sec-fetch-site'),
  };
}

/** Fields that tell of a proxy; those of X-Forwarded are too many to name. */
const PROXY_FIELDS = [
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
];

/**
 * Whether a request itself tells that a proxy passed it on: by a field, or by HTTP/1.0, which older proxies speak and browsers and curl do
 * not. Not every proxy does either.
 */
export function isProxied({ headers, httpVersion }: { headers: Headers; httpVersion: string }): boolean {
  const names = Object.keys(headers);
  return (
    httpVersion === '1.0' ||
    names.some((name) => PROXY_FIELDS.includes(name) || name.startsWith('x-forwarded'))
  );
}

/**
 * For requests whose credentials the browser added by itself: they have to prove that a page of ours made them. A browser always names
 * the origin of a request that changes something, so one that names none does not come from a browser and needs no cookie.
 *
 * @throws AppError origin_forbidden
 */
export function assertSameOrigin(request: AskedFrom, site: Site): void {
  const from = originOf(request);
  const { origin, fetchSite } = from;
  const proven = origin === undefined ? fetchSite === 'same-origin' : isOwnOrigin(origin, from, site);
  if (!proven || (fetchSite !== undefined && fetchSite !== 'same-origin'))
    throw new AppError(
      'origin_forbidden',
      'With a cookie only pages of this service may change something. PUBLIC_URL tells its address behind a proxy.',
    );
}

/** Whether a page of the service made a request, or a program, which names no page. A browser tells by `Origin` or `Sec-Fetch-Site`. */
export function isOwnPage(from: RequestOrigin, site: Site): boolean {
  const { origin, fetchSite } = from;
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return false;
  return origin === undefined || isOwnOrigin(origin, from, site);
}

/** In production the published address is the only one; elsewhere, and without one, also that which the request was made to. */
function isOwnOrigin(
  origin: string,
  { scheme, host }: RequestOrigin,
  { production, http: { publicUrl } }: Site,
): boolean {
  const isPublished = publicUrl !== null && origin === new URL(publicUrl).origin;
  if (isPublished || (production && publicUrl !== null)) return isPublished;
  return origin === originOfHost(scheme, host);
}

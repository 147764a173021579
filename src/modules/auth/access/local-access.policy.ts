import { AppError } from '../../../platform/errors/app-error.js';
import { isLoopbackAddress } from '../../../platform/config/settings.js';

/** What a request says about where it comes from. */
export interface RequestOrigin {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Header fields as Node gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

export function originOf(headers: Headers): RequestOrigin {
  const single = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { host: single('host'), origin: single('origin'), fetchSite: single('sec-fetch-site') };
}

/** Whether a request was made to an address that can only mean this machine. */
export function isLoopbackHost(host: string | undefined): boolean {
  const valid = host !== undefined && URL.canParse(`http://${host}`);
  return valid && isLoopbackAddress(hostnameOf(new URL(`http://${host}`)));
}

/**
 * For requests whose credentials the browser added by itself: they have to prove that a page of ours made them. A browser always names
 * the origin of a request that changes something, so one that names none does not come from a browser and needs no cookie.
 *
 * @throws AppError origin_forbidden
 */
export function assertSameOrigin(headers: Headers, publicUrl: string | null): void {
  const { origin, fetchSite } = originOf(headers);
  const isUnproven = origin === undefined && fetchSite === undefined;
  if (isUnproven || isForeignPage(headers, publicUrl))
    throw new AppError('origin_forbidden', 'With a cookie only pages of this service may change something.');
}

/**
 * For requests that set cookies: a page of another site could otherwise sign a visitor in as somebody else, who then gets to see what
 * the visitor uploads. Programs, which name no origin, may.
 *
 * @throws AppError origin_forbidden
 */
export function assertNoForeignPage(headers: Headers, publicUrl: string | null): void {
  if (isForeignPage(headers, publicUrl))
    throw new AppError('origin_forbidden', 'In a browser only pages of this service may sign somebody in.');
}

/**
 * Whether the request comes from this machine and from no foreign web page. A page of another site can make the browser send requests to
 * 127.0.0.1 (then `Origin` or `Sec-Fetch-Site` tell), or point a host name of its own at 127.0.0.1 (then `Host` tells).
 *
 * @param publicUrl the address that the operator has published the service under; requests to it are meant to come
 */
export function isLocalRequest(
  { host, origin, fetchSite }: RequestOrigin,
  publicUrl: string | null,
): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const address = new URL(`http://${host}`);
  const published = publicUrl === null ? null : new URL(publicUrl);
  if (!isLoopbackHost(host) && host !== published?.host) return false;
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return false;
  if (origin === undefined || origin === published?.origin) return true;
  return URL.canParse(origin) && new URL(origin).host === address.host;
}

function isForeignPage(headers: Headers, publicUrl: string | null): boolean {
  const { host, origin, fetchSite } = originOf(headers);
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return true;
  if (origin === undefined) return false;
  const published = publicUrl === null ? null : new URL(publicUrl).origin;
  const own = URL.canParse(origin) && new URL(origin).host === host;
  return !own && origin !== published;
}

function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

import { AppError } from '../../../platform/errors/app-error.js';

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

/** Fields that tell of a proxy; those of X-Forwarded are too many to name. */
const PROXY_FIELDS = ['forwarded', 'via', 'x-real-ip'];

/**
 * Whether a proxy passed a request on, so that it may be anybody's although it comes from this machine. Not every proxy says so by a field,
 * but one that adds none, as nginx does by default, speaks HTTP/1.0, which browsers and curl do not.
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
export function assertSameOrigin(headers: Headers, publicUrl: string | null): void {
  const { host, origin, fetchSite } = originOf(headers);
  const proven = origin === undefined ? fetchSite === 'same-origin' : isOwnOrigin(origin, host, publicUrl);
  if (!proven || (fetchSite !== undefined && fetchSite !== 'same-origin'))
    throw new AppError('origin_forbidden', 'With a cookie only pages of this service may change something.');
}

/** Whether a page of the service made a request, or a program, which names no page. A browser tells by `Origin` or `Sec-Fetch-Site`. */
export function isOwnPage({ host, origin, fetchSite }: RequestOrigin, publicUrl: string | null): boolean {
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return false;
  return origin === undefined || isOwnOrigin(origin, host, publicUrl);
}

function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string | null): boolean {
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

import type { Request } from 'express';
import { isApiKey } from '../api-keys/api-key.secret.js';

export const ACCESS_COOKIE = 'auth_token';
export const REFRESH_COOKIE = 'refresh_token';

/** What a request brings to say who asks. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'api_key'; readonly secret: string }
  /** A browser adds cookies to requests that others made it send, so these have to prove where they come from. */
  | { readonly kind: 'access_token'; readonly secret: string; readonly byCookie: boolean }
  /** Something that is nothing we give out, or two things at once. */
  | { readonly kind: 'unknown' };

const UNKNOWN: Credentials = { kind: 'unknown' };
const ACCESS_TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The one place that reads credentials: keys come as `X-API-Key` or `Authorization: Bearer`, access tokens as the latter or as a cookie. */
export function credentialsOf({ headers }: Pick<Request, 'headers'>): Credentials {
  const { authorization, 'x-api-key': key } = headers;
  if (key !== undefined) {
    const usable = typeof key === 'string' && authorization === undefined && isApiKey(key);
    return usable ? { kind: 'api_key', secret: key } : UNKNOWN;
  }
  if (authorization !== undefined) return ofBearer(authorization);
  const cookie = readCookie(headers.cookie, ACCESS_COOKIE);
  return cookie === null ? { kind: 'none' } : { kind: 'access_token', secret: cookie, byCookie: true };
}

function ofBearer(authorization: string): Credentials {
  const secret = /^Bearer +([^ ]+)$/i.exec(authorization)?.[1] ?? '';
  if (isApiKey(secret)) return { kind: 'api_key', secret };
  return ACCESS_TOKEN.test(secret) ? { kind: 'access_token', secret, byCookie: false } : UNKNOWN;
}

export function readCookie(header: string | undefined, name: string): string | null {
  const pair = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  const value = pair?.slice(name.length + 1) ?? '';
  return value === '' ? null : value;
}

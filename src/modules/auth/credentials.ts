import type { Request } from 'express';
import { isApiKey } from './api-key.secret.js';

/** What a request brings to say who asks. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'api_key'; readonly secret: string }
  /** Something that is nothing we give out, or two things at once. */
  | { readonly kind: 'unknown' };

const UNKNOWN: Credentials = { kind: 'unknown' };

/** The one place that reads credentials: keys come as `X-API-Key` or as `Authorization: Bearer`. */
export function credentialsOf({ headers }: Pick<Request, 'headers'>): Credentials {
  const { authorization, 'x-api-key': key } = headers;
  if (key !== undefined) {
    const usable = typeof key === 'string' && authorization === undefined && isApiKey(key);
    return usable ? { kind: 'api_key', secret: key } : UNKNOWN;
  }
  if (authorization === undefined) return { kind: 'none' };
  const secret = /^Bearer +([^ ]+)$/i.exec(authorization)?.[1] ?? '';
  return isApiKey(secret) ? { kind: 'api_key', secret } : UNKNOWN;
}

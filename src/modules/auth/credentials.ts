import type { Request } from 'express';

/** Whether a request brings credentials of any kind, right or wrong. */
export function hasCredentials({ headers }: Request): boolean {
  return headers.authorization !== undefined || headers['x-api-key'] !== undefined;
}

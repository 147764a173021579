import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors/error-codes.js';

const codes = new WeakMap<ServerResponse, ErrorCode>();

/** Keeps with what an answer refuses a request, for the entry that the request gets in the log. */
export function noteErrorOf(response: ServerResponse, code: ErrorCode): void {
  codes.set(response, code);
}

export function loggedErrorOf(response: ServerResponse): ErrorCode | undefined {
  return codes.get(response);
}

import { Readable } from 'node:stream';
import { expect } from '@jest/globals';
import type { AllowedTargets } from '../../src/platform/config/url-fetch-allow.js';
import { AppError } from '../../src/platform/errors/app-error.js';
import type { ErrorCode } from '../../src/platform/errors/error-codes.js';
import { AddressGuard, type Resolver } from '../../src/platform/net/address-guard.js';
import {
  CONNECTION_LIMITS,
  GuardedClient,
  type ConnectionLimits,
} from '../../src/platform/net/guarded-client.js';
import {
  FETCH_LIMITS,
  GuardedFetch,
  type FetchedFile,
  type FetchLimits,
} from '../../src/platform/net/guarded-fetch.js';
import type { OutsideServer } from './outside-server.js';
import { waitFor } from './wait-for.js';

export const MIB = 2 ** 20;
const noSignal = new AbortController().signal;

export interface FetchingOptions {
  readonly allow?: Partial<AllowedTargets>;
  readonly resolver?: Resolver;
  readonly limits?: Partial<FetchLimits>;
  readonly connection?: Partial<ConnectionLimits>;
}

/** Every name is on this machine; recordings.test is allowed nonetheless. */
export function openClient({ allow, resolver, connection }: FetchingOptions = {}): GuardedClient {
  const guard = new AddressGuard(
    { hosts: ['recordings.test'], networks: [], ...allow },
    resolver ?? (() => Promise.resolve(['127.0.0.1'])),
  );
  return new GuardedClient(guard, { ...CONNECTION_LIMITS, ...connection });
}

export function openFetch(options: FetchingOptions = {}): GuardedFetch {
  return new GuardedFetch(openClient(options), { ...FETCH_LIMITS, totalMs: 60_000, ...options.limits });
}

/** Expects the work to fail with this code, and the detail to tell nothing of names, addresses and ports. */
export async function expectFailure(work: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const failure = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
  if (!(failure instanceof AppError)) throw new Error(`Expected ${code}`, { cause: failure });
  expect(failure).toMatchObject({ code });
  expect(failure.detail).not.toMatch(/\d+\.\d+\.\d+|:\d|::|localhost|\.test|ECONN|ENOTFOUND/);
  return failure;
}

export function fetchFrom(
  server: OutsideServer,
  {
    maxBytes = MIB,
    signal = noSignal,
    ...options
  }: FetchingOptions & { maxBytes?: number; signal?: AbortSignal } = {},
): Promise<FetchedFile> {
  return openFetch(options).open(server.url('/talk.mp3'), { maxBytes, signal });
}

export async function readAll({ bytes }: FetchedFile): Promise<Buffer> {
  return Buffer.concat(await bytes.toArray());
}

/** Nothing of the exchange is left open. */
export async function expectClosed(server: OutsideServer): Promise<void> {
  await waitFor(() => server.open.size === 0, { what: 'the connection to be closed' });
}

/** Sends for as long as somebody takes it. */
export function sendEndlessly(target: NodeJS.WritableStream): void {
  Readable.from(endlessly(Buffer.alloc(64 * 1024))).pipe(target);
}

function* endlessly<T>(value: T): Generator<T> {
  for (;;) yield value;
}

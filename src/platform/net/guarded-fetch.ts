import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '../errors/app-error.js';
import { fileTooLarge } from '../errors/file-too-large.js';
import { isPlain, readFilename, readLength, readMediaType, toText } from './answer-headers.js';
import { GuardedBody, type PaceLimits } from './guarded-body.js';
import type { GuardedClient } from './guarded-client.js';
import { parseRedirect, parseTarget } from './target-url.js';
import { TimeLimit } from './time-limit.js';

export interface FetchLimits {
  readonly redirects: number;
  /** From the call until the last byte. */
  readonly totalMs: number;
  readonly pace: PaceLimits;
}

/** All but the total time, which is a setting. A slow recording in real time has some 3 kB/s. */
export const FETCH_LIMITS: Omit<FetchLimits, 'totalMs'> = {
  redirects: 5,
  pace: { silenceMs: 30_000, minBytesPerSecond: 1024, windowMs: 60_000 },
};

export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** A file on its way. What the other side says of it may be wrong. */
export interface FetchedFile {
  /** Ends in an error when the file does not arrive whole, see `GuardedFetch.open`. Has to be read or destroyed. */
  readonly bytes: Readable;
  /** Null when the other side does not say. */
  readonly sizeBytes: number | null;
  /** Without folders and characters that cannot be seen; for people, never a path. */
  readonly filename: string | null;
  readonly mediaType: string | null;
  /** After all redirects. May hold secrets of the one who gave it, as signed addresses do. */
  readonly finalUrl: string;
}

const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

/** Fetches files from addresses that users give, without being led to what only this machine can reach. */
export class GuardedFetch {
  constructor(
    private readonly client: GuardedClient,
    private readonly limits: FetchLimits,
  ) {}

  /**
   * Opens the file at an address, after its redirects.
   *
   * @param address http or https, any port
   * @throws AppError url_invalid, url_forbidden, url_unreachable, url_insecure, url_timeout, url_refused, url_too_many_redirects,
   *   url_answer_invalid, file_too_large; the reason of the signal. The bytes end in url_timeout, url_interrupted, file_too_large or the
   *   reason of the signal.
   */
  async open(address: string, { signal, maxBytes }: FetchOptions): Promise<FetchedFile> {
    const target = parseTarget(address);
    const limit = new TimeLimit(signal);
    limit.begin(this.limits.totalMs, 'The file did not arrive within the time that is allowed.');
    try {
      const { response, url } = await this.follow(target, limit.signal);
      assertUsable(response, maxBytes);
      const bytes = new GuardedBody(response, { maxBytes, pace: this.limits.pace }, limit.signal);
      bytes.once('close', () => {
        limit.end();
      });
      return describe(response, url, bytes);
    } catch (error) {
      limit.end();
      throw error;
    }
  }

  private async follow(
    target: URL,
    signal: AbortSignal,
  ): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
    let url = target;
    for (let redirects = 0; redirects <= this.limits.redirects; redirects += 1) {
      const response = await this.client.request(url, {
        method: 'GET',
        // Compressed, the limits of size would hold for something else than the file.
        headers: { accept: '*/*', 'accept-encoding': 'identity' },
        signal,
      });
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode) || location === undefined) return { response, url };
      response.destroy();
      url = parseRedirect(toText(location), url);
    }
    throw new AppError(
      'url_too_many_redirects',
      `The address redirects more than ${this.limits.redirects} times.`,
    );
  }
}

/** Closes the connection of an answer that is none. */
function assertUsable(response: IncomingMessage, maxBytes: number): void {
  const fault = findFault(response, maxBytes);
  if (fault === null) return;
  response.destroy();
  throw fault;
}

function findFault({ statusCode, headers }: IncomingMessage, maxBytes: number): AppError | null {
  if (statusCode !== 200)
    return new AppError('url_refused', `The other side answered with status ${statusCode ?? 0}.`);
  if (!isPlain(headers))
    return new AppError('url_answer_invalid', 'The other side sends the file compressed, unasked.');
  return (readLength(headers) ?? 0) > maxBytes ? fileTooLarge(maxBytes) : null;
}

function describe({ headers }: IncomingMessage, url: URL, bytes: Readable): FetchedFile {
  return {
    bytes,
    sizeBytes: readLength(headers),
    filename: readFilename(headers, url),
    mediaType: readMediaType(headers),
    finalUrl: url.href,
  };
}

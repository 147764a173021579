import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { AppError } from '../errors/app-error.js';
import { codeOf } from '../runtime/system-calls.js';
import { SERVICE_VERSION } from '../runtime/service-version.js';
import type { AddressGuard } from './address-guard.js';
import { orAborted, reasonOf, TimeLimit } from './time-limit.js';

/** What an answer may cost before its body begins. */
export interface ConnectionLimits {
  /** For the name, the connection and TLS together. */
  readonly connectMs: number;
  /** From then on until the headers are complete. */
  readonly firstByteMs: number;
  readonly headerBytes: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  connectMs: 10_000,
  firstByteMs: 30_000,
  headerBytes: 16 * 1024,
};

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Ends the request and its answer, whatever they are at. */
  readonly signal: AbortSignal;
}

type Step = 'connecting' | 'securing' | 'waiting';

/**
 * Sends requests to addresses that come from outside. The connection goes to an address that the guard has allowed, and to no other: the
 * name is resolved once, by the guard. Each request has a connection of its own, TLS is verified, no proxy is used and no cookie kept.
 */
export class GuardedClient {
  constructor(
    private readonly guard: AddressGuard,
    private readonly limits: ConnectionLimits = CONNECTION_LIMITS,
  ) {}

  /**
   * One request, whose redirects are not followed.
   *
   * @returns the answer, whatever its status, once its headers are there; its body has to be read or destroyed
   * @throws AppError url_forbidden, url_unreachable, url_insecure, url_timeout, url_answer_invalid; the reason of the signal
   */
  async request(url: URL, outgoing: OutgoingRequest): Promise<IncomingMessage> {
    const limit = new TimeLimit(outgoing.signal);
    limit.begin(this.limits.connectMs, 'No connection came about in time.');
    try {
      const addresses = await orAborted(this.guard.resolve(url.hostname), limit.signal);
      return await this.send(url, outgoing, addresses, limit);
    } catch (error) {
      throw limit.signal.aborted ? reasonOf(limit.signal) : error;
    } finally {
      limit.end();
    }
  }

  private send(
    url: URL,
    { method, headers, body }: OutgoingRequest,
    addresses: readonly string[],
    limit: TimeLimit,
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const secure = url.protocol === 'https:';
    let step: Step = 'connecting';
    const request = (secure ? requestHttps : requestHttp)(url, {
      method,
      headers: { 'user-agent': `whisper-transcriber/${SERVICE_VERSION}`, ...headers },
      // A connection from a pool could lead to an address that was checked for another request.
      agent: false,
      lookup: answerWith(addresses),
      maxHeaderSize: this.limits.headerBytes,
      rejectUnauthorized: true,
      signal: limit.signal,
    });
    request.once('socket', (socket) => {
      socket.once('connect', () => (step = 'securing'));
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        step = 'waiting';
        limit.begin(this.limits.firstByteMs, 'The other side did not answer in time.');
      });
    });
    request.once('response', resolve);
    // Also errors after the answer began, which are told to its reader.
    request.on('error', (error) => {
      reject(toFailure(error, step));
    });
    request.end(body);
    return promise;
  }
}

/** In place of DNS: the addresses that were checked. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const answer = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_hostname, { all }, callback) => {
    const [first] = answer;
    if (all === true || first === undefined) callback(null, answer);
    else callback(null, first.address, first.family);
  };
}

/** The details are our own sentences: what the system says holds addresses. */
function toFailure(cause: Error, step: Step): AppError {
  if (step === 'connecting')
    return new AppError('url_unreachable', 'No connection to the other side came about.', { cause });
  if (step === 'securing')
    return new AppError(
      'url_insecure',
      'The other side has no certificate that is valid for this address, or does not speak TLS.',
      { cause },
    );
  const code = codeOf(cause);
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AppError('url_answer_invalid', 'The headers of the answer are too large.', { cause });
  if (code.startsWith('HPE_'))
    return new AppError('url_answer_invalid', 'The answer is not valid HTTP.', { cause });
  return new AppError('url_unreachable', 'The other side ended the connection without an answer.', { cause });
}

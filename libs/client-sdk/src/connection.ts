import { Patience } from './patience.js';
import { readError, TranscriberError } from './transcriber-error.js';

export interface ConnectionOptions {
  /** Where the service is, with the path prefix of a proxy if there is one. */
  readonly baseUrl: string;
  /** An API key, or an access token; absent: whatever the service allows without one. */
  readonly apiKey?: string;
  readonly fetch?: typeof fetch;
  /** How often in a row something is tried again that may pass; default 8, which bridges an outage of half a minute. */
  readonly retries?: number;
}

const DEFAULT_RETRIES = 8;
/** A second one with the same refresh token, say, would end the session. */
const NEVER_TWICE = /\/(token|auth\/(login|refresh|logout|change-password)|change-password)\/?$/;

/** The way to the service: addresses, credentials, and what is done when it is disturbed. */
export class Connection {
  readonly baseUrl: string;
  private readonly retries: number;

  constructor(private readonly options: ConnectionOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.retries = options.retries ?? DEFAULT_RETRIES;
  }

  patience(): Patience {
    return new Patience(this.retries);
  }

  /** One attempt; the answer may be an error. @throws TranscriberError `unreachable` */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    return this.attempt(this.request(path, init));
  }

  /** As often as it takes. @throws TranscriberError also for answers that are errors */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.fetch(this.request(path, init));
    if (!response.ok) throw await readError(response);
    return response;
  }

  /** As often as it takes; the last answer may be an error. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    if (request.method === 'POST' && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', newIdempotencyKey());
    if (NEVER_TWICE.test(new URL(request.url).pathname)) return this.attempt(request);
    const patience = this.patience();
    for (;;) {
      let failure: TranscriberError;
      let response: Response | undefined;
      try {
        response = await this.attempt(request.clone());
        if (response.ok) return response;
        failure = await readError(response.clone());
      } catch (error) {
        if (!(error instanceof TranscriberError)) throw error;
        failure = error;
      }
      try {
        await patience.afterFailure(failure, request.signal);
      } catch (error) {
        if (error === failure && response !== undefined) return response;
        throw error;
      }
    }
  };

  /** One attempt, for what is not worth to wait for. */
  readonly fetchOnce = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
    this.attempt(new Request(input, init));

  private request(path: string, init: RequestInit): Request {
    const request = new Request(this.baseUrl + path, init);
    const { apiKey } = this.options;
    if (apiKey !== undefined) request.headers.set('authorization', `Bearer ${apiKey}`);
    return request;
  }

  private async attempt(request: Request): Promise<Response> {
    // Browsers want it called as a function of theirs.
    const call = this.options.fetch ?? globalThis.fetch.bind(globalThis);
    try {
      return await call(request);
    } catch (error) {
      request.signal.throwIfAborted();
      throw new TranscriberError(
        `The service at ${this.baseUrl} cannot be reached.`,
        { code: 'unreachable' },
        { cause: error },
      );
    }
  }
}

/** Not randomUUID, which pages have only behind https. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

import { Patience } from './patience.js';
import { SessionRenewal } from './session-renewal.js';
import { readError, TranscriberError } from './transcriber-error.js';

export interface ConnectionOptions {
  /** Where the service is, with the path prefix of a proxy if there is one. */
  readonly baseUrl: string;
  /** An API key, or an access token; absent: whatever the service allows without one. */
  readonly apiKey?: string;
  /** For pages of the service, where people are signed in by cookies: when their hour is over, they are renewed and the request is made again. */
  readonly renewSession?: boolean;
  /** With `renewSession`: nobody is signed in, or not any more. */
  readonly onSessionEnd?: () => void;
  readonly fetch?: typeof fetch;
  /** How often in a row something is tried again that may pass; default 8, which bridges an outage of half a minute. */
  readonly retries?: number;
}

const DEFAULT_RETRIES = 8;
/** What these answer says nothing about the session that is there. */
const SIGN_IN = /\/(token|auth\/(login|refresh|logout))\/?$/;
const PASSWORD_CHANGE = /\/change-password\/?$/;
const JSON_TYPE = /^application\/([\w.-]+\+)?json\b/;

/** The way to the service: addresses, credentials, and what is done when it is disturbed. */
export class Connection {
  readonly baseUrl: string;
  private readonly retries: number;
  private readonly renewal: SessionRenewal | null;

  constructor(private readonly options: ConnectionOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.retries = options.retries ?? DEFAULT_RETRIES;
    this.renewal =
      options.renewSession === true
        ? new SessionRenewal(this.baseUrl, (path, init) => this.call(this.request(path, init)))
        : null;
  }

  patience(): Patience {
    return new Patience(this.retries);
  }

  /** One attempt; the answer may be an error. @throws TranscriberError `unreachable`, or what kept a session from being renewed */
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
    if (isNeverTwice(request)) return this.attempt(request);
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
    if (this.renewal === null || isAt(SIGN_IN, request)) return this.call(request);
    const again = request.clone();
    const response = await this.call(request);
    if (response.status !== 401) return response;
    const answer = (await this.renewal.renew()) ? await this.call(again) : response;
    if (answer.status === 401) this.options.onSessionEnd?.();
    return answer;
  }

  private async call(request: Request): Promise<Response> {
    // Browsers want it called as a function of theirs.
    const send = this.options.fetch ?? globalThis.fetch.bind(globalThis);
    try {
      return await wholeJson(await send(request));
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

/** A second one with the same refresh token, say, would end the session. */
function isNeverTwice(request: Request): boolean {
  return isAt(SIGN_IN, request) || isAt(PASSWORD_CHANGE, request);
}

function isAt(paths: RegExp, { url }: Request): boolean {
  return paths.test(new URL(url).pathname);
}

/** What breaks off in the middle is no answer. Only of JSON is it known that it fits into memory. */
async function wholeJson(response: Response): Promise<Response> {
  if (response.body === null || !JSON_TYPE.test(response.headers.get('content-type') ?? '')) return response;
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

/** Not randomUUID, which pages have only behind https. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

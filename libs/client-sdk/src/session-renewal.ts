import { readError } from './transcriber-error.js';

const LOCK = 'whisper-transcriber session';

/** Those that are running, by the address of the service: a page may have several clients, and has one session. */
const RENEWALS = new Map<string, Promise<boolean>>();

/** Exchanges the tokens in the cookies of a page for the next ones, once for all requests and windows that find them over. */
export class SessionRenewal {
  /** @param send one request, without a renewal of its own */
  constructor(
    private readonly baseUrl: string,
    private readonly send: (path: string, init: RequestInit) => Promise<Response>,
  ) {}

  /** @returns whether the session goes on. @throws TranscriberError while nobody can say */
  renew(): Promise<boolean> {
    const running = RENEWALS.get(this.baseUrl);
    if (running !== undefined) return running;
    const renewal = this.renewAlone().finally(() => RENEWALS.delete(this.baseUrl));
    RENEWALS.set(this.baseUrl, renewal);
    return renewal;
  }

  /** A refresh token that is used twice ends the session, so that windows take turns. Only secure pages have locks. */
  private async renewAlone(): Promise<boolean> {
    const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
    return locks === undefined ? this.refresh() : locks.request(LOCK, () => this.refresh());
  }

  private async refresh(): Promise<boolean> {
    // Another window may have done it meanwhile.
    if (await this.isGood('/auth/me', {})) return true;
    return this.isGood('/auth/refresh', { method: 'POST' });
  }

  private async isGood(path: string, init: RequestInit): Promise<boolean> {
    const response = await this.send(path, init);
    if (!response.ok && response.status !== 401) throw await readError(response);
    await response.body?.cancel();
    return response.ok;
  }
}

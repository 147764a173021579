const LOCK = 'whisper-transcriber session';

/** Exchanges the tokens in the cookies of a page for the next ones, once for all requests and windows that find them over. */
export class SessionRenewal {
  private running: Promise<boolean> | null = null;

  /** @param send one request, without a renewal of its own */
  constructor(private readonly send: (path: string, init: RequestInit) => Promise<Response>) {}

  /** @returns whether the session goes on */
  renew(): Promise<boolean> {
    this.running ??= this.renewAlone().finally(() => {
      this.running = null;
    });
    return this.running;
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
    await response.body?.cancel();
    return response.ok;
  }
}

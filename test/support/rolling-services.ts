import { setTimeout as pause } from 'node:timers/promises';
import type { Tokens } from '@whisper-transcriber/client-sdk';
import { bearer, postJson } from './accounts.js';
import { jsonOf } from './api-client.js';
import { startService, type RunningService } from './start-service.js';

type Variables = Readonly<Record<string, string>>;

const BETWEEN_ROUNDS_MS = 250;

/** Two processes of one service, with the same settings and the same database, that are replaced one after the other. */
export class RollingServices {
  private client: Promise<void> | undefined;
  private leaving = false;
  private round: Promise<void> = Promise.resolve();
  /** What the user who is never away was refused. */
  readonly refusals: string[] = [];
  /** What that user was answered. */
  answers = 0;

  private constructor(
    private env: Variables,
    private readonly running: RunningService[],
    /** Those that a proxy would send requests to. */
    private taking: RunningService[],
  ) {}

  static async open(env: Variables): Promise<RollingServices> {
    const running = await Promise.all([startService({ env }), startService({ env })]);
    return new RollingServices(env, running, [...running]);
  }

  get urls(): readonly [string, string] {
    const [one, other] = this.running;
    return [one?.url ?? '', other?.url ?? ''];
  }

  /**
   * Gives every process other variables, as a rolling restart does: no more requests to it, stop, start, requests again.
   *
   * @param whenMixed called while the first process has them and the second has not
   */
  async roll(change: Variables, whenMixed?: (fresh: string, stale: string) => Promise<void>): Promise<void> {
    this.env = { ...this.env, ...change };
    await this.replace(0);
    await whenMixed?.(...this.urls);
    await this.replace(1);
  }

  /** From now on a user with these tokens asks each process in turn and renews them each time, whatever is restarted. */
  welcome(tokens: Tokens): void {
    this.client = this.keepAsking(tokens);
  }

  /** That user goes. */
  async leave(): Promise<void> {
    this.leaving = true;
    await this.client;
  }

  async close(): Promise<void> {
    await this.leave();
    for (const service of this.running) await service.stop();
  }

  private async replace(index: number): Promise<void> {
    const old = this.running[index];
    this.taking = this.taking.filter((service) => service !== old);
    await this.round;
    await old?.stop();
    const fresh = await startService({ env: this.env });
    this.running[index] = fresh;
    this.taking.push(fresh);
  }

  private async keepAsking(first: Tokens): Promise<void> {
    let tokens = first;
    while (!this.leaving) {
      const round = this.ask(tokens).catch((error: unknown) => {
        this.refusals.push(String(error));
        return tokens;
      });
      this.round = round.then(() => undefined);
      tokens = await round;
      await pause(BETWEEN_ROUNDS_MS);
    }
  }

  /** One round over the processes that take requests; the next tokens. */
  private async ask(tokens: Tokens): Promise<Tokens> {
    let latest = tokens;
    for (const { url } of this.taking) {
      const me = await fetch(`${url}/auth/me`, { headers: bearer(latest.access_token) });
      await me.body?.cancel();
      this.note('GET /auth/me', me);
      const renewed = await postJson(`${url}/auth/refresh`, { refresh_token: latest.refresh_token });
      this.note('POST /auth/refresh', renewed);
      if (renewed.ok) latest = await jsonOf<Tokens>(renewed);
    }
    return latest;
  }

  private note(what: string, { status }: Response): void {
    if (status === 200) this.answers += 1;
    else this.refusals.push(`${what}: ${status}`);
  }
}

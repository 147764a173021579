import type { Job } from '@whisper-transcriber/client-sdk';
import type { LoadPlan, LoadUser } from './plan.js';

const LOOK_MS = 1000;
const AT_ONCE = 2;

/** A long job of each user, all the time: as many as the workers take are at work, the others wait. */
export class LongJobs {
  completed = 0;
  looks = 0;
  looksAtTwo = 0;
  private readonly current: string[] = [];
  private readonly end = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(
    private readonly plan: LoadPlan,
    private readonly failed: (what: string) => void,
  ) {}

  of(user: number): string {
    return this.current[user] ?? 'none';
  }

  async start(): Promise<void> {
    for (const [index, user] of this.plan.users.entries()) this.current[index] = await this.order(user);
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.end.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.end.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      try {
        await this.look();
      } catch (error) {
        this.failed(`a long job: ${String(error)}`);
      }
    }
  }

  private async look(): Promise<void> {
    let atWork = 0;
    for (const [index, user] of this.plan.users.entries()) {
      const { status } = await this.ask<Job>(user, `/jobs/${this.of(index)}`);
      if (status === 'processing') atWork += 1;
      if (status === 'completed') {
        this.completed += 1;
        this.current[index] = await this.order(user);
      } else if (status === 'failed' || status === 'cancelled') throw new Error(`it is ${status}`);
    }
    this.looks += 1;
    if (atWork >= AT_ONCE) this.looksAtTwo += 1;
  }

  private async order(user: LoadUser): Promise<string> {
    const body = JSON.stringify({ language: 'en' });
    const { job_id } = await this.ask<Job>(user, `/media/${user.longMedia}/jobs`, { method: 'POST', body });
    return job_id;
  }

  private async ask<T>(user: LoadUser, path: string, init: RequestInit = {}): Promise<T> {
    const headers = { 'content-type': 'application/json', 'x-api-key': user.key };
    const response = await fetch(this.plan.url + path, { ...init, headers });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

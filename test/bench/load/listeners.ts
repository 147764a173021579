import { LISTENERS_PER_USER, type ListenerFigures, type LoadPlan, type LoadUser } from './plan.js';

const ENDS = ['completed', 'failed', 'cancelled', 'deleted'];

/** What the streams of one thing told, each of them. */
type Told = Map<string, number[]>;

/** Streams of events as browsers hold them open: of all jobs of a user, and of the long job that this one has at the time. */
export class Listeners {
  private readonly end = new AbortController();
  private readonly ofJob: Told = new Map();
  private readonly ofUser: Told = new Map();
  private readonly running: Promise<void>[] = [];
  private open = 0;
  private events = 0;
  private cut = 0;

  constructor(
    private readonly plan: LoadPlan,
    private readonly longJobOf: (user: number) => string,
    private readonly failed: (what: string) => void,
  ) {}

  /** Resolves when all of them are open. */
  async start(): Promise<void> {
    for (const [index, user] of this.plan.users.entries()) {
      const openings: Promise<void>[] = [];
      for (let n = 0; n < LISTENERS_PER_USER.jobs; n += 1)
        openings.push(this.begin((opened) => this.followAll(user, opened)));
      for (let n = 0; n < LISTENERS_PER_USER.job; n += 1)
        openings.push(this.begin((opened) => this.followLongJobs(index, user, opened)));
      await Promise.all(openings);
    }
  }

  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.running);
  }

  /** Of all jobs of a user each stream is open from the beginning, of one job each is told all: so all have to be told the same. */
  figures(): ListenerFigures {
    const { open, events, cut } = this;
    const missed = [...this.ofUser.values(), ...this.ofJob.values()].flatMap((counts) => {
      const most = Math.max(...counts);
      return counts.filter((count) => count < most);
    });
    return { open, events, cut, missed: missed.length };
  }

  private begin(follow: (opened: () => void) => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      let isFirst = true;
      this.running.push(
        follow(() => {
          if (isFirst) this.open += 1;
          isFirst = false;
          resolve();
        }).catch((error: unknown) => {
          if (!this.end.signal.aborted) this.failed(`a listener: ${String(error)}`);
          resolve();
        }),
      );
    });
  }

  private async followAll(user: LoadUser, opened: () => void): Promise<void> {
    let told = 0;
    await this.read('/jobs/events', user, opened, () => {
      told += 1;
      return false;
    });
    note(this.ofUser, user.key, told);
  }

  private async followLongJobs(index: number, user: LoadUser, opened: () => void): Promise<void> {
    while (!this.isOver()) {
      const job = this.longJobOf(index);
      let told = 0;
      const ended = await this.read(
        `/jobs/${job}/events`,
        user,
        () => {
          opened();
        },
        (event) => {
          if (event === 'status') told += 1;
          return ENDS.includes(event);
        },
      );
      if (!ended) return;
      note(this.ofJob, job, told);
      while (this.longJobOf(index) === job && !this.isOver()) await pause();
    }
  }

  private isOver(): boolean {
    return this.end.signal.aborted;
  }

  /** @returns whether `isLast` was true of an event; false also when everything is over */
  private async read(
    path: string,
    user: LoadUser,
    opened: () => void,
    isLast: (event: string) => boolean,
  ): Promise<boolean> {
    const headers = { 'X-API-Key': user.key };
    const response = await fetch(this.plan.url + path, { headers, signal: this.end.signal });
    if (response.status !== 200 || response.body === null)
      throw new Error(`${response.status} ${await response.text()}`);
    opened();
    let rest = '';
    try {
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = /^event: ?(.*)$/m.exec(block)?.[1];
          if (event === undefined) continue;
          this.events += 1;
          if (isLast(event)) return true;
        }
      }
    } catch (error) {
      if (this.end.signal.aborted) return false;
      throw error;
    }
    this.cut += 1;
    return false;
  }
}

function note(told: Told, key: string, count: number): void {
  const counts = told.get(key);
  if (counts === undefined) told.set(key, [count]);
  else counts.push(count);
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
}

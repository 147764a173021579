import { pauseFor } from '../api/pause';
import { problemOf, type ProblemWords } from '../api/problem';

const PAUSE_MS = 2000;

/** Something of the service that is read again and again while its page is looked at. */
export class Polled<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<ProblemWords | null>(null);
  private readonly stopped = new AbortController();
  private begun = 0;

  constructor(
    private readonly read: (signal: AbortSignal) => Promise<T>,
    private readonly pauseMs = PAUSE_MS,
  ) {}

  start(): void {
    void this.follow();
  }

  stop(): void {
    this.stopped.abort();
  }

  async refresh(): Promise<void> {
    this.begun += 1;
    const turn = this.begun;
    const { signal } = this.stopped;
    try {
      const value = await this.read(signal);
      // A reading that was overtaken knows less than what is shown.
      if (turn !== this.begun) return;
      this.value = value;
      this.problem = null;
    } catch (error) {
      if (turn === this.begun && !signal.aborted) this.problem = problemOf(error);
    }
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopped;
    await this.refresh();
    while (!signal.aborted) {
      await pauseFor(this.pauseMs, signal);
      if (!signal.aborted && document.visibilityState === 'visible') await this.refresh();
    }
  }
}

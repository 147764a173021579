import type { ProgressBus } from './progress-bus.port.js';

/** Wakes who waits for news of one job, or of all of one owner, also of such as came while they looked elsewhere. */
export class NewsBell {
  private rung = false;
  private wake: () => void = () => undefined;
  private readonly unsubscribe: () => void;
  private readonly onNews = (): void => {
    this.rung = true;
    this.wake();
  };

  /**
   * @param id of the job or the owner
   * @param signal ends each wait
   */
  constructor(
    bus: ProgressBus,
    id: string,
    private readonly signal: AbortSignal,
  ) {
    this.unsubscribe = bus.subscribe(id, this.onNews);
    signal.addEventListener('abort', this.onNews);
  }

  /**
   * Resolves at news since the last wait, or when the time is up.
   *
   * @returns whether there are news, or the end of all waits
   */
  async wait(ms: number): Promise<boolean> {
    if (!this.rung && !this.signal.aborted) await this.sleep(ms);
    const { rung } = this;
    this.rung = false;
    return rung || this.signal.aborted;
  }

  close(): void {
    this.unsubscribe();
    this.signal.removeEventListener('abort', this.onNews);
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

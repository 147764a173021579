export interface RepeatedWorkOptions {
  /** How often it is done although nobody woke it. */
  readonly intervalMs: number;
  /** Pause after the work, so that who wakes it meanwhile is served together with others; none by default. */
  readonly restMs?: number;
  /** Told of a failure when the work before it did not fail. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Work that is done when somebody wakes it, and from time to time, never twice at the same time: woken while it is done, it is done once
 * more. After a failure it waits for the next time.
 */
export class RepeatedWork {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private wokenMeanwhile = false;
  private failing = false;
  private stopped = true;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly options: RepeatedWorkOptions,
  ) {}

  /** Whether nothing is to be begun: not yet, or not any more. */
  get isStopped(): boolean {
    return this.stopped;
  }

  start(): void {
    this.stopped = false;
    this.timer = setInterval(() => {
      this.wake();
    }, this.options.intervalMs).unref();
  }

  /** Losing this only delays the work. */
  wake(): void {
    if (this.stopped) return;
    if (this.running !== null) {
      this.wokenMeanwhile = true;
      return;
    }
    this.running = this.perform().finally(() => {
      this.running = null;
      if (this.wokenMeanwhile) this.wake();
    });
  }

  /** Begins nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async rest(): Promise<void> {
    const { restMs = 0 } = this.options;
    if (restMs > 0 && !this.stopped) await new Promise((resolve) => setTimeout(resolve, restMs));
  }

  private async perform(): Promise<void> {
    this.wokenMeanwhile = false;
    try {
      await this.work();
      await this.rest();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.options.onFailure(error);
      this.failing = true;
      this.wokenMeanwhile = false;
    }
  }
}

/** One piece of work after the other. Those who ask take turns, however much each has asked for. */
export class Turns {
  private readonly waiting = new Map<string, (() => void)[]>();
  private isBusy = false;

  async take<T>(who: string, work: () => Promise<T>): Promise<T> {
    if (this.isBusy)
      await new Promise<void>((begin) => {
        this.enqueue(who, begin);
      });
    this.isBusy = true;
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  private enqueue(who: string, begin: () => void): void {
    this.waiting.set(who, [...(this.waiting.get(who) ?? []), begin]);
  }

  /** Whoever has had a turn comes behind all others who wait. */
  private passOn(): void {
    for (const [who, [begin, ...rest]] of this.waiting) {
      this.waiting.delete(who);
      if (rest.length > 0) this.waiting.set(who, rest);
      begin?.();
      return;
    }
    this.isBusy = false;
  }
}

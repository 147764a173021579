import { setTimeout as delay } from 'node:timers/promises';

/** Where several ask, those who come so soon after each other are served together. Whoever is alone does not wait. */
const REST_MS = 5;

interface Asking<T> {
  readonly serve: (taken: T | null) => void;
  readonly refuse: (reason: unknown) => void;
}

/** Serves those who ask at the same time in one go; who asks meanwhile waits for the next. Nothing is taken that nobody asked for. */
export class SharedTaking<T> {
  private asking: Asking<T>[] = [];
  private isTaking = false;

  /** @param takeUpTo as many as are there, the first ones for those who asked first */
  constructor(private readonly takeUpTo: (most: number) => Promise<readonly T[]>) {}

  /** Null when there is none for whoever asks; throws what `takeUpTo` throws. */
  take(): Promise<T | null> {
    return new Promise((serve, refuse) => {
      this.asking.push({ serve, refuse });
      this.beginSoon();
    });
  }

  /** Not at once: several who are woken by the same news ask one after the other. */
  private beginSoon(): void {
    if (this.isTaking) return;
    this.isTaking = true;
    setImmediate(() => void this.begin());
  }

  private async begin(): Promise<void> {
    const asking = this.asking.splice(0);
    try {
      const taken = await this.takeUpTo(asking.length);
      for (const [place, { serve }] of asking.entries()) serve(taken[place] ?? null);
    } catch (error) {
      for (const { refuse } of asking) refuse(error);
    }
    if (asking.length > 1) await delay(REST_MS);
    this.isTaking = false;
    if (this.asking.length > 0) this.beginSoon();
  }
}

import type { AppError } from '../errors/app-error.js';
import { databaseUnavailable, isDatabaseOutage } from './outage.js';

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (reason: AppError) => void;
}

/** What is told of the ways through a gate. */
export interface GateWatcher {
  /** Somebody was let in. */
  entered(waitedSeconds: number): void;
  /** The database was away, for one who was in or for one who waited. */
  lost(): void;
}

/**
 * Lets in as many at a time as there are connections. Waiting for others is thus told from waiting for a database that is away: the
 * first may take as long as others are served, the second ends for all who wait as soon as one has found out.
 */
export class ConnectionGate {
  private free: number;
  private served = 0;
  private readonly waiting: Waiting[] = [];
  private patience: NodeJS.Timeout | undefined;
  private watcher: GateWatcher | undefined;

  constructor(
    readonly places: number,
    /** How long nobody may leave before those who wait are refused. */
    private readonly patienceMs: number,
  ) {
    this.free = places;
  }

  /** How many are in. */
  get inside(): number {
    return this.places - this.free;
  }

  /** How many wait to be let in. */
  get queued(): number {
    return this.waiting.length;
  }

  watch(watcher: GateWatcher): void {
    this.watcher = watcher;
  }

  /** @throws AppError database_unavailable; what `work` throws */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    const cameAt = performance.now();
    await this.enter();
    this.watcher?.entered((performance.now() - cameAt) / 1000);
    const servedBefore = this.served;
    try {
      const result = await work();
      this.served += 1;
      return result;
    } catch (error) {
      // One connection that did not come about in time tells nothing where others are served.
      if (isDatabaseOutage(error)) this.watcher?.lost();
      if (isDatabaseOutage(error) && this.served === servedBefore) this.refuseAll(error);
      throw error;
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((enter, refuse) => {
      this.waiting.push({ enter, refuse });
      this.patience ??= setTimeout(() => {
        this.refuseAll(databaseUnavailable(new Error('No connection became free')));
      }, this.patienceMs);
    });
  }

  /** The place is handed over, so the count stays. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next.enter();
    if (this.waiting.length === 0) this.calm();
    else this.patience?.refresh();
  }

  private refuseAll(reason: AppError): void {
    for (const { refuse } of this.waiting.splice(0)) {
      this.watcher?.lost();
      refuse(reason);
    }
    this.calm();
  }

  private calm(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }
}

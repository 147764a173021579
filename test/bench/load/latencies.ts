import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { KindFigures } from './plan.js';

const MICROSECONDS = 1000;

/** The times of all requests of a kind. */
export class Latencies {
  private readonly histogram: RecordableHistogram = createHistogram();

  record(ms: number): void {
    this.histogram.record(Math.max(1, Math.round(ms * MICROSECONDS)));
  }

  figures(kind: string): KindFigures {
    const { histogram } = this;
    const ms = (percentile: number): number => histogram.percentile(percentile) / MICROSECONDS;
    return { kind, requests: histogram.count, p50: ms(50), p95: ms(95), p99: ms(99) };
  }
}

/**
 * One connection on which a request is due in each interval, and is sent as soon as the one before is answered: what it waited for that
 * belongs to its time, or a service that stands still for seconds would look as if few had noticed.
 */
export class DueTimes {
  private late = 0;

  constructor(private readonly intervalMs: number) {}

  /** @returns the time since the request was due, of one that took this long since it was sent */
  answered(ms: number): number {
    const sinceDue = this.late + ms;
    this.late = Math.max(0, sinceDue - this.intervalMs);
    return sinceDue;
  }
}

export const PROGRESS_BUS = Symbol('ProgressBus');

/** Tells that something about a job changed. A wake-up only: what is true stands in the row. */
export interface ProgressBus {
  publish(jobId: string): void;
  /** Returns a function that ends the subscription. */
  subscribe(jobId: string, listener: () => void): () => void;
}

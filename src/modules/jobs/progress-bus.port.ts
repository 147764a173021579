export const PROGRESS_BUS = Symbol('ProgressBus');

/** What there is to see: that the job moved on, or that its status is another one. */
export type JobNews = 'progress' | 'status';

/**
 * Tells that something about a job changed, or, under the id of their owner, the status of any of theirs. A wake-up only: what is true
 * stands in the row.
 */
export interface ProgressBus {
  publish(id: string, news: JobNews): void;
  /** Returns a function that ends the subscription. */
  subscribe(id: string, listener: (news: JobNews) => void): () => void;
}

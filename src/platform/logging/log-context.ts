import { AsyncLocalStorage } from 'node:async_hooks';

/** What the entries of a piece of work have in common. */
export interface LogContext {
  /** Of the request that the work began with; null: it began with none. */
  readonly requestId: string | null;
  readonly jobId?: string;
  /** The logger of requests writes their id by itself. */
  readonly isRequest?: boolean;
}

const storage = new AsyncLocalStorage<LogContext>();

export function inLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run(context, work);
}

/** Of the work that is under way; undefined outside of any. */
export function currentLogContext(): LogContext | undefined {
  return storage.getStore();
}

/** Fields of an entry that is written now. */
export function contextFields(): Record<string, string> {
  const { requestId = null, jobId, isRequest = false } = storage.getStore() ?? {};
  return {
    ...(requestId === null || isRequest ? {} : { request_id: requestId }),
    ...(jobId === undefined ? {} : { job_id: jobId }),
  };
}

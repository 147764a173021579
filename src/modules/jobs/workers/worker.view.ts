/** What a worker says of itself. A drained one has nothing in hand and takes nothing: it may be stopped. */
export const WORKER_STATES = ['active', 'paused', 'draining', 'drained'] as const;
export type WorkerState = (typeof WORKER_STATES)[number];

/** What administrators may want of one. */
export type WantedState = Extract<WorkerState, 'active' | 'paused' | 'drained'>;

/** What a worker tells of itself with each beat. */
export interface WorkerReport {
  readonly id: string;
  /** Machine and process. */
  readonly name: string;
  readonly version: string;
  readonly driver: 'embedded' | 'bull';
  /** Jobs that it takes at the same time. */
  readonly concurrency: number;
  readonly state: WorkerState;
  /** Whose engine is loaded; null while none is. */
  readonly model: string | null;
  /** What its processes take; null where the system does not tell. */
  readonly memoryBytes: number | null;
}

export interface WorkerView extends Omit<WorkerReport, 'state'> {
  /** `gone`: not heard of for a while. Its jobs are taken up by others. */
  readonly state: WorkerState | 'gone';
  readonly wanted: WantedState;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** What it works on. */
  readonly jobIds: readonly string[];
}

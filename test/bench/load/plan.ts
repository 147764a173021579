/** Who takes part. Nobody opens more streams than the default of MAX_STREAMS_PER_USER lets them. */
export const USERS = 25;
export const LISTENERS_PER_USER = { jobs: 10, job: 10 } as const;
export const LISTENERS = USERS * (LISTENERS_PER_USER.jobs + LISTENERS_PER_USER.job);

/** Each connection asks once a second. */
export const CONNECTIONS = 200;

/** One who uses the service by an API key. */
export interface LoadUser {
  readonly key: string;
  /** Has a transcript, and a recording that can be played. */
  readonly doneJob: string;
  readonly doneMedia: string;
  /** A longer recording, which is transcribed over and over. */
  readonly longMedia: string;
}

/** What the process that makes the load is told. */
export interface LoadPlan {
  readonly url: string;
  readonly seconds: number;
  readonly users: readonly LoadUser[];
}

/** Milliseconds from when a request was due to the end of its answer. */
export interface KindFigures {
  readonly kind: string;
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface ListenerFigures {
  readonly open: number;
  readonly events: number;
  /** Streams that ended before what they told of had. */
  readonly cut: number;
  /** Listeners that were told less than others of the same. */
  readonly missed: number;
}

/** What that process tells in the end. */
export interface LoadFigures {
  readonly kinds: readonly KindFigures[];
  readonly all: KindFigures;
  /** What went wrong, and how often. */
  readonly errors: Readonly<Record<string, number>>;
  readonly listeners: ListenerFigures;
  readonly longJobsCompleted: number;
  /** Of looks at the queue, one each second, those that saw two jobs at work or more. */
  readonly looks: number;
  readonly looksAtTwoJobs: number;
}

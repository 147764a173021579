/** What a user has used, and how much there is; a limit of null is none. */
export interface UsageView {
  readonly activeJobs: number;
  readonly activeJobsLimit: number | null;
  readonly audioSecondsToday: number;
  readonly audioSecondsLimit: number | null;
  readonly resetsAt: Date;
  readonly storageBytes: number;
  readonly storageBytesLimit: number | null;
}

/** Of what waits, jobs of a higher priority go first, whoever they belong to. */
export const JOB_PRIORITIES = ['low', 'normal', 'high'] as const;

export type JobPriority = (typeof JOB_PRIORITIES)[number];

/** As the rows have it: the higher, the sooner. */
const RANKS = { low: -1, normal: 0, high: 1 } as const satisfies Record<JobPriority, number>;

export function rankOf(priority: JobPriority): number {
  return RANKS[priority];
}

export function priorityOf(rank: number): JobPriority {
  return JOB_PRIORITIES.find((priority) => RANKS[priority] === rank) ?? 'normal';
}

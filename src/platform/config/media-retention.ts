import type { Parsed } from './setting.js';

/** How many days a recording is kept; 0: until its jobs have ended; null: for good. */
export type KeptDays = number | null;

export const MOST_DAYS = 3650;

export function mediaRetention(raw: string): Parsed<KeptDays> {
  if (raw === 'keep') return { value: null };
  if (raw === 'after-job') return { value: 0 };
  const days = /^[1-9]\d{0,3}d$/.test(raw) ? Number.parseInt(raw, 10) : NaN;
  return days <= MOST_DAYS
    ? { value: days }
    : { problem: `must be keep, after-job, or a number of days from 1d to ${MOST_DAYS}d` };
}

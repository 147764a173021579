/** A span of time in even parts, as charts have it. */
export interface TimeBuckets {
  /** The beginning of the first bucket. */
  readonly from: Date;
  readonly stepSeconds: number;
  readonly count: number;
}

/** The SQL for the number of the bucket that a time lies in, 0 being the first; it takes the values of `bucketValues`. */
export function bucketOf(column: string): string {
  return `(extract(epoch from date_bin(make_interval(secs => ?), ${column}, ?::timestamptz) - ?::timestamptz) / ?)::int`;
}

export function bucketValues({ from, stepSeconds }: TimeBuckets): unknown[] {
  return [stepSeconds, from, from, stepSeconds];
}

/** Buckets whose bounds are the same whenever somebody asks; the last one has `now` in it. */
export function bucketsUntil(now: Date, stepSeconds: number, count: number): TimeBuckets {
  const stepMs = stepSeconds * 1000;
  const last = Math.floor(now.getTime() / stepMs) * stepMs;
  return { from: new Date(last - (count - 1) * stepMs), stepSeconds, count };
}

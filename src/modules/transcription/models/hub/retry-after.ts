/** Seconds that an answer asks to wait: `Retry-After` as number or date, or the hub's own `RateLimit` with `t=SECONDS`. */
export function readRetryAfter(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value);
  // Of what is no date at all Date.parse makes one as well.
  const date = value.endsWith('GMT') ? Date.parse(value) : NaN;
  if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - now.getTime()) / 1000));
  const window = /(?:^|[;,\s])t=(\d{1,9})(?:$|[;,\s])/.exec(headers.get('ratelimit') ?? '')?.[1];
  return window === undefined ? undefined : Number(window);
}

import { lazily } from './lazily';

/** 75 → "1:15", 3661 → "1:01:01". */
export function readableTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(whole % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** 104857600 → "100 MB"; the units of the service's own limits, 1024 each. */
export function readableBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const DAY = lazily(
  () => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }),
);
const RELATIVE = lazily(() => new Intl.RelativeTimeFormat('en', { numeric: 'auto' }));

/** "2 minutes ago", "yesterday"; older than a week: the date. */
export function readableSince(instant: string, now: number): string {
  const then = new Date(instant);
  const seconds = (now - then.getTime()) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return RELATIVE().format(-Math.round(seconds / 60), 'minute');
  if (seconds < 86_400) return RELATIVE().format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 7 * 86_400) return RELATIVE().format(-Math.round(seconds / 86_400), 'day');
  return DAY().format(then);
}

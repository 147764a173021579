/** A day as the fields for dates write it, such as `2026-11-28`; else nothing. */
export function readDay(value: string | null): string {
  return value !== null && /^\d{4}-\d\d-\d\d$/.test(value) ? value : '';
}

/** The instant at which a day of the reader begins, or one so many days later. */
export function startOfDay(day: string, later = 0): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

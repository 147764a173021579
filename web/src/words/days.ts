/** A day as `2026-11-28`, which is how fields and addresses have it; empty for whatever is none. */
export function readDay(text: string | null): string {
  return text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}

/** The instant at which a day of the reader begins, or one that is so many days later. */
export function startOfDay(day: string, later = 0): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

/**
 * Seconds as HH:MM:SS and milliseconds; hours grow beyond two digits where they have to.
 *
 * @param separator between seconds and milliseconds: "," for SubRip, "." for WebVTT
 */
export function formatSubtitleTime(seconds: number, separator: ',' | '.'): string {
  const total = Math.round(Math.max(0, seconds) * 1000);
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  return `${part(hours, 2)}:${part(minutes, 2)}:${part(Math.floor(total / 1000) % 60, 2)}${separator}${part(total % 1000, 3)}`;
}

/** Hours, minutes and seconds. */
export function clockTime(seconds: number): string {
  return formatSubtitleTime(Math.floor(seconds), '.').slice(0, -4);
}

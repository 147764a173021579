/** What is no number is none that a version has. */
export function readVersionNumber(raw: string): number {
  return /^[1-9]\d{0,8}$/.test(raw) ? Number(raw) : 0;
}

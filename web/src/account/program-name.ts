/** In this order: most browsers call themselves Chrome and Safari as well. */
const PROGRAMS = [
  ['Edge', /\bEdg\w*\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\bFirefox\//],
  ['Chrome', /\b(Headless)?Chrome\//],
  ['Safari', /\bSafari\//],
] as const;
const SYSTEMS = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
] as const;

/** "Firefox on Linux" for what a browser calls itself; programs that are none by their own name. */
export function programName(userAgent: string): string {
  const [program] = PROGRAMS.find(([, pattern]) => pattern.test(userAgent)) ?? [];
  if (program === undefined) return userAgent === '' ? 'Unknown program' : userAgent;
  const [system] = SYSTEMS.find(([, pattern]) => pattern.test(userAgent)) ?? [];
  return system === undefined ? program : `${program} on ${system}`;
}

import { findSecretFault, KEY, PASSWORD } from './secret-rules.js';
import { splitList, type Parsed } from './setting.js';

/** null stands for the embedded server. */
export function databaseUrl(raw: string): Parsed<string | null> {
  if (raw === '' || raw === 'embedded') return { value: null };
  if (/^sqlite/i.test(raw)) {
    return { problem: 'SQLite is not supported; DATABASE_URL=embedded gives a database without a server' };
  }
  const url = raw.replace(/^postgres(ql)?(\+\w+)?:\/\//, 'postgresql://');
  const valid = url.startsWith('postgresql://') && URL.canParse(url) && new URL(url).pathname.length > 1;
  return valid
    ? { value: url }
    : { problem: 'must look like postgresql://user:password@host:5432/name, or be "embedded"' };
}

export function redisUrl(raw: string): Parsed<string | null> {
  if (raw === '') return { value: null };
  const valid = /^rediss?:\/\/./.test(raw) && URL.canParse(raw);
  return valid ? { value: raw } : { problem: 'must look like redis://host:6379/0, or rediss:// for TLS' };
}

export function publicUrl(raw: string): Parsed<string | null> {
  if (raw === '') return { value: null };
  const valid = URL.canParse(raw) && /^https?:$/.test(new URL(raw).protocol);
  return valid ? { value: raw.replace(/\/+$/, '') } : { problem: 'must be an http or https address' };
}

export function corsOrigins(raw: string): Parsed<readonly string[]> {
  if (raw === '') return { value: [] };
  const value = splitList(raw);
  const faults = value.flatMap((entry) => {
    const fault = findOriginFault(entry);
    return fault === null ? [] : [`"${entry}" ${fault}`];
  });
  return faults.length === 0 ? { value } : { problem: `must name each origin exactly: ${faults.join('; ')}` };
}

/** Browsers name an origin in one way only, and what differs from that would silently match nothing. */
function findOriginFault(entry: string): string | null {
  if (entry.includes('*')) return 'would let sites in that nobody has named';
  if (!URL.canParse(entry) || !/^https?:$/.test(new URL(entry).protocol)) return 'is no http or https origin';
  const { origin } = new URL(entry);
  return entry === origin ? null : `must be ${origin}`;
}

export function hubUrl(raw: string): Parsed<string> {
  const address = publicUrl(raw);
  if ('problem' in address || address.value === null) return { problem: 'must be an http or https address' };
  const { search, hash, username, password } = new URL(raw);
  if (username + password !== '') return { problem: 'must not hold a password; MODEL_HUB_TOKEN is for that' };
  return search + hash === '' ? { value: address.value } : { problem: 'must not have a query or a fragment' };
}

/** What cannot stand in a header would fail only at the first pull. */
export function hubToken(raw: string): Parsed<string | null> {
  if (raw === '') return { value: null };
  return /^[\x21-\x7e]+$/.test(raw) ? { value: raw } : { problem: 'must be printable ASCII without spaces' };
}

export function revision(raw: string): Parsed<string> {
  const valid = /^[\w][\w./-]{0,199}$/.test(raw) && !raw.includes('..');
  return valid ? { value: raw } : { problem: 'must be the name of a branch or tag, or a commit' };
}

export function s3Prefix(raw: string): Parsed<string> {
  if (raw === '') return { value: '' };
  const valid = /^[\w!.*'()-][\w!.*'()/-]{0,199}$/.test(raw) && !raw.includes('//') && !raw.includes('..');
  return valid ? { value: raw.endsWith('/') ? raw : `${raw}/` } : { problem: 'must be a path without ".."' };
}

/** The key in use, and behind a comma another one that is accepted while they are rotated. None: to be generated. */
export function keys(raw: string): Parsed<readonly string[]> {
  if (raw === '') return { value: [] };
  const value = splitList(raw);
  if (value.length > 2) return { problem: 'must be one key, or two: NEW,OLD' };
  const fault = value.map((key) => findSecretFault(key, KEY)).find((found) => found !== null);
  return fault === undefined ? { value } : { problem: fault };
}

export function bootstrapPassword(raw: string): Parsed<string | null> {
  if (raw === '') return { value: null };
  const fault = findSecretFault(raw, PASSWORD);
  return fault === null ? { value: raw } : { problem: fault };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What became of a raw value: a value to use, or the reason why it cannot be. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** One environment variable: how it is read, and what env.template and the docs say about it. */
export interface Setting<T> {
  /** Written into env.template as the value that holds when the variable is absent; empty means "not set". */
  readonly fallback: string;
  readonly describe: string;
  readonly parse: (raw: string) => Parsed<T>;
  /** All that it may be, where those are few; what is least and most of a number. */
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** The value holds a secret: problems never repeat it. */
  readonly secret?: boolean;
}

/** The entries of a list with commas. */
export function splitList(raw: string): string[] {
  return raw.split(',').map((entry) => entry.trim());
}

/** For problems that name what is wrong in a list. */
export function quoteEntries(entries: readonly string[]): string {
  return entries.map((entry) => `"${entry}"`).join(', ');
}

export function text(fallback: string, describe: string): Setting<string> {
  return { fallback, describe, parse: (raw) => ({ value: raw }) };
}

export function optionalText(describe: string, options: { secret?: boolean } = {}): Setting<string | null> {
  return { fallback: '', describe, parse: (raw) => ({ value: raw === '' ? null : raw }), ...options };
}

export function choice<const T extends string>(
  allowed: readonly T[],
  fallback: T | '',
  describe: string,
): Setting<T> {
  return {
    fallback,
    describe,
    choices: allowed,
    parse: (raw) => {
      const value = allowed.find((candidate) => candidate === raw);
      return value === undefined ? { problem: `must be one of ${allowed.join(', ')}` } : { value };
    },
  };
}

export function integer(fallback: number, min: number, max: number, describe: string): Setting<number> {
  return {
    fallback: String(fallback),
    describe,
    minimum: min,
    maximum: max,
    parse: (raw) => {
      const value = /^\d{1,15}$/.test(raw) ? Number(raw) : NaN;
      return value >= min && value <= max
        ? { value }
        : { problem: `must be a whole number from ${min} to ${max}` };
    },
  };
}

/** Null where it is not set. */
export function optionalInteger(min: number, max: number, describe: string): Setting<number | null> {
  const { parse } = integer(min, min, max, describe);
  return { fallback: '', describe, parse: (raw) => (raw === '' ? { value: null } : parse(raw)) };
}

/** Null where it is not set. */
export function optionalChoice<const T extends string>(
  allowed: readonly T[],
  describe: string,
): Setting<T | null> {
  const { parse } = choice(allowed, '', describe);
  return { fallback: '', describe, parse: (raw) => (raw === '' ? { value: null } : parse(raw)) };
}

/** Null where it is not set. */
export function optionalFlag(describe: string): Setting<boolean | null> {
  const { parse } = flag(false, describe);
  return { fallback: '', describe, parse: (raw) => (raw === '' ? { value: null } : parse(raw)) };
}

export function flag(fallback: boolean, describe: string): Setting<boolean> {
  return {
    fallback: String(fallback),
    describe,
    parse: (raw) => {
      const said = raw.toLowerCase();
      return said === 'true' || said === 'false'
        ? { value: said === 'true' }
        : { problem: 'must be true or false' };
    },
  };
}

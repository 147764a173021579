/** Any time up to this one: what started together must not go on together. */
export function upTo(ms: number): number {
  return Math.random() * ms;
}

/** The time, give or take a quarter: what broke off together must not come back together. */
export function jitter(ms: number): number {
  return ms * (0.75 + Math.random() / 2);
}

/** For formatters, which take longer to make than a page to show: each is made once, when something is to be formatted. */
export function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

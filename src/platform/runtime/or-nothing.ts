/** Null when it is not there after this time. */
export async function orNothing<T>(awaited: Promise<T>, ms: number): Promise<T | null> {
  const { promise: nothing, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, ms, null);
  try {
    return await Promise.race([awaited, nothing]);
  } finally {
    clearTimeout(timer);
  }
}

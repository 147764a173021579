interface Pending<T> {
  readonly result: Promise<T>;
  /** Fulfilled when the result is known, whatever it is. */
  readonly known: Promise<void>;
  isKnown: boolean;
}

function pending<T>(result: Promise<T>): Pending<T> {
  const know = (): void => {
    item.isKnown = true;
  };
  // A failure is heard of when its turn comes.
  const item: Pending<T> = { result, known: result.then(know, know), isKnown: false };
  return item;
}

/**
 * Works on the items of a source side by side and hands the results out in the order of the items, each as soon as it is there.
 * @param ahead pieces of work that may be under way when the next item is taken
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  ahead: number,
): AsyncGenerator<R, void, undefined> {
  const items = source[Symbol.asyncIterator]();
  const line: Pending<R>[] = [];
  let next: Pending<IteratorResult<T>> | null = null;
  let ended = false;
  try {
    while (!ended || line.length > 0) {
      const [head] = line;
      if (head?.isKnown === true) {
        line.shift();
        yield await head.result;
        continue;
      }
      const busy = line.filter(({ isKnown }) => !isKnown);
      if (!ended && busy.length <= ahead) next ??= pending(items.next());
      await Promise.race([...busy, ...(next === null ? [] : [next])].map(({ known }) => known));
      if (next?.isKnown !== true) continue;
      const item: IteratorResult<T> = await next.result;
      next = null;
      if (item.done === true) ended = true;
      else line.push(pending(work(item.value)));
    }
  } finally {
    // Not awaited: the source may be waiting for what never comes.
    void items.return?.().catch(() => undefined);
  }
}

import { problemOf, type ProblemWords } from '../api/problem';

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A list, newest first, of which a page more is read at a time. */
export class PagedList<T> {
  items = $state.raw<readonly T[]>([]);
  loaded = $state(false);
  problem = $state.raw<ProblemWords | null>(null);
  private next = $state<string | null>(null);
  hasMore = $derived(this.next !== null);
  private readonly stopped = new AbortController();

  constructor(
    private readonly read: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
    private readonly keyOf: (item: T) => string,
  ) {}

  stop(): void {
    this.stopped.abort();
  }

  /** Reads the newest ones, and puts them before the rest. */
  refresh(): Promise<void> {
    return this.take(null);
  }

  more(): Promise<void> {
    return this.take(this.next);
  }

  private async take(cursor: string | null): Promise<void> {
    const { signal } = this.stopped;
    try {
      const page = await this.read(cursor, signal);
      if (signal.aborted) return;
      this.place(page, cursor);
      this.problem = null;
    } catch (error) {
      if (!signal.aborted) this.problem = problemOf(error);
    }
  }

  private place({ items, next }: Page<T>, cursor: string | null): void {
    const read = new Set(items.map(this.keyOf));
    const others = this.items.filter((item) => !read.has(this.keyOf(item)));
    this.items = cursor === null ? [...items, ...others] : [...others, ...items];
    if (cursor !== null || !this.loaded) this.next = next;
    this.loaded = true;
  }
}

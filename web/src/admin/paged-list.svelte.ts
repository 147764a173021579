import { withFirstPage } from '../api/first-page';
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
    if (cursor === null) {
      const isAll = next === null || !this.loaded;
      this.items = withFirstPage(this.items, items, this.keyOf, isAll);
    } else {
      const known = new Set(this.items.map(this.keyOf));
      this.items = [...this.items, ...items.filter((item) => !known.has(this.keyOf(item)))];
    }
    if (cursor !== null || next === null || !this.loaded) this.next = next;
    this.loaded = true;
  }
}

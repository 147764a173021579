/** Who has not asked for so long asks no more. Longer than the pause between two questions about one thing. */
const ASKING_MS = 3000;

interface Reading<T> {
  readonly at: number;
  /** Of each thing that was asked for; null for what is not there. */
  readonly values: ReadonlyMap<string, T | null>;
}

/** What clients of this process ask again and again of many things, by one statement for all of them, however many there are. */
export class SharedReading<T> {
  private readonly askedAt = new Map<string, number>();
  private latest: Reading<T> = { at: -Infinity, values: new Map() };
  private reading: Promise<void> | null = null;

  /**
   * @param readAll what there is of these
   * @param freshMs for so long nobody reads anew
   */
  constructor(
    private readonly readAll: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
    private readonly freshMs: number,
  ) {}

  /** As it was a moment ago; null where it is not there. Throws what `readAll` throws. */
  async find(id: string): Promise<T | null> {
    this.askedAt.set(id, performance.now());
    while (!this.isKnown(id)) await (this.reading ??= this.read());
    return this.latest.values.get(id) ?? null;
  }

  private isKnown(id: string): boolean {
    return performance.now() - this.latest.at < this.freshMs && this.latest.values.has(id);
  }

  private async read(): Promise<void> {
    const at = performance.now();
    for (const [id, askedAt] of this.askedAt) if (at - askedAt > ASKING_MS) this.askedAt.delete(id);
    const ids = [...this.askedAt.keys()];
    try {
      const found = await this.readAll(ids);
      const values = new Map(ids.map((id) => [id, found.get(id) ?? null]));
      this.latest = { at: performance.now(), values };
    } finally {
      this.reading = null;
    }
  }
}

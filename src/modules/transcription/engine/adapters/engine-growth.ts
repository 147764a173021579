/** Tells whether an engine has grown from one recording to the next by more than it should. */
export class EngineGrowth {
  /** After the first recording, for which it takes most of what it keeps. */
  private firstBytes: number | null = null;

  /** @param limitBytes 0: it may grow as it likes */
  constructor(private readonly limitBytes: number) {}

  /** @param residentBytes after a recording; 0 where the system does not tell */
  isTooMuch(residentBytes: number): boolean {
    this.firstBytes ??= residentBytes;
    return this.limitBytes > 0 && residentBytes - this.firstBytes > this.limitBytes;
  }
}

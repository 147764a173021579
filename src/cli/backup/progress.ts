const STEP_PERCENT = 10;

/** Tells how far a long step is, a line for each tenth. */
export class Progress {
  private done = 0;
  private told = 0;

  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly tell: (line: string) => void,
  ) {}

  advance(amount: number): void {
    this.done += amount;
    const percent = this.total === 0 ? 100 : Math.floor((this.done / this.total) * 100);
    if (percent < this.told + STEP_PERCENT) return;
    this.told = percent - (percent % STEP_PERCENT);
    this.tell(`${this.what}: ${percent} %`);
  }
}

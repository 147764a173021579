/** Between two moves of the position no engine is suspected for so long. */
const PATIENCE_SECONDS = 10;
/** A pause so many times as long as the longest one before tells that the speed is known no more. */
const SUSPECT = 2;

/** Seconds of a recording that are done in one second, since the work on it began or was taken up again. */
export class Speedometer {
  private readonly startedAt: number;
  private position: number;
  private movedAt: number;
  private longestPause = 0;

  /**
   * @param from seconds of the recording that were done before
   * @param now seconds on a clock that is never set
   */
  constructor(
    private readonly from: number,
    private readonly now = (): number => performance.now() / 1000,
  ) {
    this.position = from;
    this.startedAt = this.movedAt = now();
  }

  advance(position: number): void {
    if (position <= this.position) return;
    const now = this.now();
    this.longestPause = Math.max(this.longestPause, now - this.movedAt);
    this.position = position;
    this.movedAt = now;
  }

  /** Null while nothing is done that it could be told from, and when nothing has been done for much longer than usual. */
  read(): number | null {
    const seconds = this.movedAt - this.startedAt;
    const pause = this.now() - this.movedAt;
    const stuck = pause > Math.max(PATIENCE_SECONDS, SUSPECT * this.longestPause);
    return stuck || seconds <= 0 ? null : (this.position - this.from) / seconds;
  }
}

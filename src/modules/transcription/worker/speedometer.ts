/** Seconds of a recording that are done in one second, since the work on it began or was taken up again. */
export class Speedometer {
  private readonly startedAt = performance.now();

  /** @param from seconds of the recording that were done before */
  constructor(private readonly from: number) {}

  /** Null while nothing is done that it could be told from. */
  read(position: number): number | null {
    const seconds = (performance.now() - this.startedAt) / 1000;
    return position > this.from && seconds > 0 ? (position - this.from) / seconds : null;
  }
}

import type { ModelView } from '../modules/transcription/models/model.view.js';
import { megabytes } from './model-table.js';

const BAR_CELLS = 30;
const LINE_STEP_PERCENT = 10;
/** Back to the first column, and away with what stands there. */
const REDRAW = '\r\u001b[K';

/** Where progress is shown: a terminal gets a bar that moves, everything else a line now and then. */
export interface ProgressOutput {
  readonly isTTY: boolean;
  write(text: string): unknown;
}

export class PullProgress {
  private readonly startedAt = performance.now();
  private bytesAtStart: number | null = null;
  private shownPercent = -LINE_STEP_PERCENT;

  constructor(
    private readonly name: string,
    private readonly output: ProgressOutput,
  ) {}

  show({ progress }: ModelView): void {
    if (progress?.totalBytes == null) return;
    const { doneBytes, totalBytes } = progress;
    this.bytesAtStart ??= doneBytes;
    const share = totalBytes === 0 ? 1 : doneBytes / totalBytes;
    const percent = Math.floor(share * 100);
    const amount = `${percent} %  ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`;
    if (this.output.isTTY) {
      const bar = '#'.repeat(Math.round(share * BAR_CELLS)).padEnd(BAR_CELLS, '-');
      this.output.write(`${REDRAW}${this.name} [${bar}] ${amount}${this.rate(doneBytes)}`);
    } else if (percent >= this.shownPercent + LINE_STEP_PERCENT) {
      this.shownPercent = percent - (percent % LINE_STEP_PERCENT);
      this.output.write(`${this.name}  ${amount}\n`);
    }
  }

  /** Makes room for the line that says how it ended. */
  end(): void {
    if (this.output.isTTY) this.output.write(REDRAW);
  }

  private rate(doneBytes: number): string {
    const seconds = (performance.now() - this.startedAt) / 1000;
    const fetched = doneBytes - (this.bytesAtStart ?? 0);
    return seconds < 1 ? '' : `  ${megabytes(fetched / seconds)} MB/s`;
  }
}

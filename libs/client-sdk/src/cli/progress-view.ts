import type { TranscriptionProgress } from '../transcriber-client.js';
import { printable } from './terminal.js';

const BAR_WIDTH = 24;
const NAME_WIDTH = 30;
/** Where nobody looks on, a line each so many percent is enough. */
const LINE_EACH_PERCENT = 25;

/** How far several recordings are. */
export interface ProgressView {
  show(name: string, progress: TranscriptionProgress): void;
  /** The recording is done with; `line` says how. */
  end(name: string, line: string): void;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export function openProgressView(output: ProgressOutput): ProgressView {
  return output.isTTY === true ? new Bars(output) : new Lines(output);
}

class Lines implements ProgressView {
  private readonly last = new Map<string, string>();

  constructor(private readonly output: ProgressOutput) {}

  show(name: string, { phase, percent }: TranscriptionProgress): void {
    const step = Math.floor((percent ?? 0) / LINE_EACH_PERCENT) * LINE_EACH_PERCENT;
    const line = phase === 'queued' ? phase : `${phase} ${step} %`;
    if (this.last.get(name) === line) return;
    this.last.set(name, line);
    this.output.write(`${printable(name)}: ${line}\n`);
  }

  end(name: string, line: string): void {
    this.output.write(`${printable(name)}: ${line}\n`);
  }
}

/** One line each, drawn over the last ones. */
class Bars implements ProgressView {
  private readonly lines = new Map<string, string>();
  private drawn = 0;

  constructor(private readonly output: ProgressOutput) {}

  show(name: string, progress: TranscriptionProgress): void {
    this.lines.set(name, barOf(name, progress));
    this.draw();
  }

  end(name: string, line: string): void {
    this.lines.delete(name);
    this.erase();
    this.output.write(`${printable(name)}: ${line}\n`);
    this.draw();
  }

  private draw(): void {
    this.erase();
    // A line that the terminal breaks would be two to go up.
    const width = (this.output.columns ?? 80) - 1;
    for (const line of this.lines.values()) this.output.write(`${line.slice(0, width)}\n`);
    this.drawn = this.lines.size;
  }

  private erase(): void {
    if (this.drawn > 0) this.output.write(`\u{1B}[${this.drawn}A\u{1B}[J`);
    this.drawn = 0;
  }
}

function barOf(name: string, progress: TranscriptionProgress): string {
  const { phase, percent } = progress;
  const filled = Math.round(((percent ?? 0) / 100) * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const label = printable(name).slice(-NAME_WIDTH).padEnd(NAME_WIDTH);
  return `${label} ${bar} ${String(Math.floor(percent ?? 0)).padStart(3)} % ${phase}${remarkOf(progress)}`;
}

function remarkOf(progress: TranscriptionProgress): string {
  if (progress.phase === 'queued' && progress.queuePosition !== null)
    return `, ${progress.queuePosition} before`;
  if (progress.phase === 'transcribing' && progress.speed !== null) return `, ${progress.speed.toFixed(1)}×`;
  return '';
}

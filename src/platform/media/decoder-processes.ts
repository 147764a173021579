import { DecoderProcess } from './decoder-process.js';

/** A start holds up the whole parent, which has answers to give just after a file. */
const CALM_MS = 500;
/** Those that are ready but not needed go after this time. */
const IDLE_MS = 60_000;
/** What native code leaks goes with the process. */
const MOST_FILES = 100;

/** Starts processes of one program. The next one is ready before there is a file for it: most files take less time than a start. */
export class DecoderProcesses {
  private ready: DecoderProcess[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly program: string) {}

  /** @throws AppError service_unavailable when no process can be started */
  start(request: object): DecoderProcess {
    clearTimeout(this.timer);
    const decoder = this.takeReady() ?? new DecoderProcess(this.program);
    decoder.ask(request);
    return decoder;
  }

  /** For another file, after an answer that says that all went well. */
  giveBack(decoder: DecoderProcess): void {
    if (decoder.asked >= MOST_FILES) {
      decoder.end(new Error('The process has met enough files'));
      this.prepareNext();
      return;
    }
    decoder.release();
    this.ready.push(decoder);
    this.endIdleOnes();
  }

  /** Soon, and for a while. */
  prepareNext(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.prepare();
    }, CALM_MS).unref();
  }

  private takeReady(): DecoderProcess | undefined {
    this.ready = this.ready.filter(({ isAlive }) => isAlive);
    return this.ready.pop();
  }

  private prepare(): void {
    const next = this.takeReady() ?? this.tryToStart();
    if (next !== undefined) this.ready.push(next);
    this.endIdleOnes();
  }

  private endIdleOnes(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const decoder of this.ready) decoder.end(new Error('Nobody needs the process'));
    }, IDLE_MS).unref();
  }

  /** Whoever needs a process and cannot have one hears of it then. */
  private tryToStart(): DecoderProcess | undefined {
    try {
      return new DecoderProcess(this.program);
    } catch {
      return undefined;
    }
  }
}

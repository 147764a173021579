import { DecoderProcess } from './decoder-process.js';

/** A start holds up the whole parent, which has answers to give just after a file. */
const CALM_MS = 500;
/** One that is ready but not needed goes after this time. */
const IDLE_MS = 60_000;

/** Starts processes of one program. The next one is ready before there is a file for it: most files take less time than a start. */
export class DecoderProcesses {
  private spare: DecoderProcess | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly program: string) {}

  /** @throws AppError service_unavailable when no process can be started */
  start(request: object): DecoderProcess {
    clearTimeout(this.timer);
    const decoder = this.spare?.isAlive === true ? this.spare : new DecoderProcess(this.program);
    this.spare = undefined;
    decoder.ask(request);
    return decoder;
  }

  /** Soon, and for a while. */
  prepareNext(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.prepare();
    }, CALM_MS).unref();
  }

  private prepare(): void {
    if (this.spare?.isAlive !== true) this.spare = this.tryToStart();
    this.timer = setTimeout(() => {
      this.spare?.end(new Error('Nobody needs the process'));
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

import { LineProcess } from '../engines/line-process.js';
import type { Turn } from './error-rate.js';

/** What a diarizer answers: a line of JSON. */
export interface SpeakerAnswer {
  readonly turns: readonly Turn[];
  /** Of this recording, with decoding it. */
  readonly wall_s: number;
  /** User and system seconds of all its threads. */
  readonly cpu_s: number;
  /** The most resident memory of the process so far, less what it had before it loaded its models. */
  readonly peak_mib: number;
}

/** A diarizer in a process of its own, which is asked by the path of a file. */
export class SpeakerProcess {
  private constructor(private readonly lines: LineProcess) {}

  static async start(program: string, args: readonly string[]): Promise<SpeakerProcess> {
    return new SpeakerProcess(await LineProcess.start(program, args));
  }

  async diarize(file: string): Promise<SpeakerAnswer> {
    return (await this.lines.ask(file)) as SpeakerAnswer;
  }

  stop(): Promise<void> {
    return this.lines.stop();
  }
}

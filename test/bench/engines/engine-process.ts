import path from 'node:path';
import { LineProcess } from './line-process.js';

/** What an engine is asked for: a line of JSON. */
export interface EngineTask {
  readonly file: string;
  /** Code of what is spoken; null: to be detected. */
  readonly language: string | null;
  /** Times of words are wanted. */
  readonly words?: boolean;
  /** How many times the recording is heard, end to end, as one stream; ours only. */
  readonly repeat?: number;
}

export interface EngineWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What it answers: a line of JSON. */
export interface EngineResult {
  readonly text: string;
  readonly language: string | null;
  readonly words: readonly EngineWord[] | null;
  /** Of this transcription, with decoding the file. */
  readonly wall_s: number;
  /** User and system seconds of all its threads. */
  readonly cpu_s: number;
  /** The most resident memory of the process so far. */
  readonly peak_rss_mib: number;
}

/** An engine in a process of its own. */
export class EngineProcess {
  private constructor(private readonly lines: LineProcess) {}

  static async start(program: string, args: readonly string[]): Promise<EngineProcess> {
    return new EngineProcess(await LineProcess.start(program, args));
  }

  get pid(): number {
    return this.lines.pid;
  }

  async transcribe(task: EngineTask): Promise<EngineResult> {
    const order = { ...task, file: path.resolve(task.file) };
    return (await this.lines.ask(JSON.stringify(order))) as EngineResult;
  }

  stop(): Promise<void> {
    return this.lines.stop();
  }
}

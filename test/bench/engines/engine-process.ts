import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

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

/** An engine in a process of its own, with its model loaded: it says so with a line, and then answers each line with one. */
export class EngineProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string, undefined>,
  ) {}

  static async start(program: string, args: readonly string[]): Promise<EngineProcess> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const engine = new EngineProcess(child, lines);
    await engine.answer();
    return engine;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async transcribe(task: EngineTask): Promise<EngineResult> {
    this.child.stdin?.write(`${JSON.stringify({ ...task, file: path.resolve(task.file) })}\n`);
    return JSON.parse(await this.answer()) as EngineResult;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }

  private async answer(): Promise<string> {
    const { done, value } = await this.lines.next();
    if (done === true) throw new Error('An engine has ended; what it said is above');
    return value;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
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

/** A diarizer in a process of its own, with its models loaded: it says so with a line, then answers the path of a file with a line. */
export class SpeakerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string, undefined>,
  ) {}

  static async start(program: string, args: readonly string[]): Promise<SpeakerProcess> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    const speaker = new SpeakerProcess(
      child,
      createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    );
    await speaker.answer();
    return speaker;
  }

  async diarize(file: string): Promise<SpeakerAnswer> {
    this.child.stdin?.write(`${file}\n`);
    return JSON.parse(await this.answer()) as SpeakerAnswer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }

  private async answer(): Promise<string> {
    const { done, value } = await this.lines.next();
    if (done === true) throw new Error('A diarizer has ended; what it said is above');
    return value;
  }
}

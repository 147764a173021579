import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program in a process of its own, with its models loaded: it says so with a line, and then answers each line with one of JSON. */
export class LineProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string, undefined>,
  ) {}

  static async start(program: string, args: readonly string[]): Promise<LineProcess> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const started = new LineProcess(child, lines);
    await started.answer();
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async ask(line: string): Promise<unknown> {
    this.child.stdin?.write(`${line}\n`);
    return JSON.parse(await this.answer()) as unknown;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }

  private async answer(): Promise<string> {
    const { done, value } = await this.lines.next();
    if (done === true) throw new Error('A program has ended; what it said is above');
    return value;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { collectOutput, keepSecretsOfEnvironment } from './collected-logs.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Piped in; absent: nothing is there to be read. */
  readonly input?: string;
  /** What logs never may, and what this program is for. */
  readonly printsTranscripts?: boolean;
}

/** A built program as a process of its own, with nothing of the environment of the tests. */
export class BuiltCommand {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  private readonly result: Promise<CommandResult>;

  constructor(
    name: string,
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    { cwd = ROOT, input, printsTranscripts = false }: CommandOptions = {},
  ) {
    keepSecretsOfEnvironment(env);
    this.child = spawn(process.execPath, [path.join(ROOT, program), ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.end(input);
    if (!printsTranscripts) collectOutput(name, [this.child.stdout]);
    collectOutput(`${name}-errors`, [this.child.stderr]);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.result = once(this.child, 'close').then(() => ({
      code: this.child.exitCode,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  end(): Promise<CommandResult> {
    return this.result;
  }
}

/** The built `npm run models`. */
export class ModelsCommand extends BuiltCommand {
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, cwd = ROOT) {
    super('models', 'dist/cli/models.cli.js', args, env, { cwd });
  }
}

/** The built `whisper-transcriber`, at home in a folder of its own. */
export class TranscriberCommand extends BuiltCommand {
  constructor(
    args: readonly string[],
    home: string,
    { input, ...env }: Readonly<Record<string, string>> & { readonly input?: string } = {},
  ) {
    const program = 'libs/client-sdk/dist/cli/whisper-transcriber.cli.js';
    const options = { cwd: home, printsTranscripts: true, ...(input !== undefined && { input }) };
    super('command-line', program, args, { HOME: home, ...env }, options);
  }
}

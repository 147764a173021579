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

/** The built `npm run models` as a process of its own, with nothing of the environment of the tests. */
export class ModelsCommand {
  readonly child: ChildProcess;
  private readonly result: Promise<CommandResult>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>, cwd = ROOT) {
    keepSecretsOfEnvironment(env);
    this.child = spawn(process.execPath, [path.join(ROOT, 'dist/cli/models.cli.js'), ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    collectOutput('models', [this.child.stdout]);
    collectOutput('models-errors', [this.child.stderr]);
    let stdout = '';
    let stderr = '';
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    this.result = once(this.child, 'close').then(() => ({ code: this.child.exitCode, stdout, stderr }));
  }

  end(): Promise<CommandResult> {
    return this.result;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { collectOutput, keepSecretsOfEnvironment } from './collected-logs.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A script of scripts/ as a process, with nothing of the environment of the tests but the way to Node. */
export class ShellScript {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(script: string, args: readonly string[], env: Readonly<Record<string, string>>, root = ROOT) {
    keepSecretsOfEnvironment(env);
    const folders = [path.dirname(process.execPath), '/usr/bin', '/bin'];
    this.child = spawn('sh', [path.join(root, 'scripts', script), ...args], {
      cwd: root,
      env: { PATH: folders.join(path.delimiter), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    collectOutput('script', [this.child.stdout]);
    collectOutput('script-errors', [this.child.stderr]);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.closed = once(this.child, 'close');
  }

  async end(): Promise<{ code: number | null; output: string }> {
    await this.closed;
    return { code: this.child.exitCode, output: this.stdout + this.stderr };
  }

  stop(): Promise<{ code: number | null; output: string }> {
    this.child.kill('SIGTERM');
    return this.end();
  }
}

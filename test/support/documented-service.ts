import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { findFreePort } from './free-port.js';
import { waitFor } from './wait-for.js';

const DOCUMENTED = 'http://127.0.0.1:8001';
const execute = promisify(execFile);

/** A folder in which the commands of documents are run as they stand there but for the address, and the service that they start. */
export class DocumentedService {
  private constructor(
    readonly folder: string,
    private readonly port: number,
    private readonly more: Readonly<Record<string, string>>,
  ) {}

  /** @param more settings besides those that the commands make */
  static async in(folder: string, more: Readonly<Record<string, string>> = {}): Promise<DocumentedService> {
    return new DocumentedService(folder, await findFreePort(), more);
  }

  /** What the commands print. @throws Error with what they and the service said when one fails */
  async run(code: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const script = code.replaceAll(DOCUMENTED, `http://127.0.0.1:${this.port}`);
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      PORT: String(this.port),
      npm_config_update_notifier: 'false',
      ...this.more,
      ...settings,
    };
    try {
      const options = { cwd: this.folder, env };
      const { stdout } = await execute('bash', ['-e', '-o', 'pipefail', '-c', script], options);
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      const log = (await this.read('service.log')) ?? '';
      throw new Error(`${stdout}\n${stderr}\n${log.slice(-2000)}`, { cause: error });
    }
  }

  /** Those that the document of the installation has written. */
  async settings(): Promise<Record<string, string>> {
    const settings = parseEnv((await this.read('.env.production')) ?? '');
    return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? '']));
  }

  /** Ends the service that runs, if one does. */
  async stop(): Promise<void> {
    const pid = Number((await this.read('service.pid')) ?? '0');
    if (pid > 0 && isAlive(pid)) {
      process.kill(pid, 'SIGTERM');
      await waitFor(() => !isAlive(pid), { limitMs: 60_000 });
    }
  }

  /** The same, and removes the folder. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private read(name: string): Promise<string | null> {
    return readFile(path.join(this.folder, name), 'utf8').catch(() => null);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

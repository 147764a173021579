import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TOLD_LIMIT_MS = 60_000;

export interface Told {
  readonly url?: string;
  readonly adopted?: boolean;
  readonly row?: number;
  readonly refused?: string;
  readonly lost?: string;
}

export type OwnerMode = 'hold' | 'write' | 'vanish';

export interface OwnerOptions {
  readonly uid?: number;
  readonly gid?: number;
  /**
   * As in a container: sees no process outside and shares no memory with them. Only SIGKILL gets through, and it ends
   * everything inside, also a server whose owner has vanished.
   */
  readonly apart?: boolean;
}

/** Has pid 1 inside, and lives on when the owner has ended; not for ever, should nobody be left to end it. */
const INIT = '"$@" & wait; exec sleep 300';

/** A process of its own that runs embedded-postgres-owner.ts, with everything that it has told so far. */
export class OwnerProcess {
  readonly told: Told[] = [];
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private ended = false;

  constructor(dataDir: string, mode: OwnerMode, { apart = false, ...ids }: OwnerOptions = {}) {
    const loader = path.join(ROOT, 'test/support/run-sources.mjs');
    const program = path.join(ROOT, 'test/support/embedded-postgres-owner.ts');
    const command = [process.execPath, '--import', loader, program, dataDir, mode];
    const [first = '', ...rest] = apart ? [...unshare(), 'sh', '-c', INIT, 'sh', ...command] : command;
    this.child = spawn(first, rest, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...ids,
    });
    const { stdout } = this.child;
    if (stdout === null) throw new Error('no pipe');
    createInterface({ input: stdout }).on('line', (line) => {
      this.told.push(JSON.parse(line) as Told);
      this.wake();
    });
    this.child.once('close', () => {
      this.ended = true;
      this.wake();
    });
  }

  /** Waits until something told fulfils the condition; fails when the process ends before. */
  async hear(condition: (told: Told) => boolean): Promise<Told> {
    const signal = AbortSignal.timeout(TOLD_LIMIT_MS);
    for (;;) {
      const found = this.told.find(condition);
      if (found !== undefined) return found;
      if (this.ended || signal.aborted) throw new Error(`not told: ${JSON.stringify(this.told.slice(-3))}`);
      await this.change(signal);
    }
  }

  url(): Promise<string> {
    return this.hear((told) => told.url !== undefined).then((told) => told.url ?? '');
  }

  /** Sends the signal and returns the exit code once the process is gone and all that it has told is read. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.ended) {
      const closed = once(this.child, 'close');
      this.child.kill(signal);
      await closed;
    }
    return this.child.exitCode;
  }

  async exited(): Promise<number | null> {
    if (!this.ended) await once(this.child, 'close');
    return this.child.exitCode;
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

function unshare(): string[] {
  const asUser = process.getuid?.() === 0 ? [] : ['--map-current-user'];
  return ['unshare', ...asUser, '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'];
}

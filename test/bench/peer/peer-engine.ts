import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { BenchSetupError } from '../settings.js';

/** One line of run_peer.py. */
export interface PeerResult {
  readonly text: string;
  readonly language: string;
  readonly wall_s: number;
  readonly cpu_s: number;
  readonly peak_rss_mib: number;
}

const SCRIPTS = import.meta.dirname;

/** Installs what is missing of the peer engine in the folder. The Python for it is that of the setting PYTHON. */
export function setUpPeer(folder: string): void {
  const python = process.env['PYTHON'] ?? 'python3';
  // What pip tells goes to standard error, as standard output is for results.
  const { status } = spawnSync(python, [path.join(SCRIPTS, 'set_up.py'), folder], {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) {
    throw new BenchSetupError(
      'The peer engine could not be installed; it needs Python 3.11 or newer with venv, and PyPI.',
    );
  }
}

/** faster-whisper in a process of its own, with its model loaded. */
export class PeerEngine {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string, undefined>,
  ) {}

  /** @param language code of what is spoken; null: each recording is listened to for it */
  static async start(folder: string, threads: number, language: string | null): Promise<PeerEngine> {
    const script = path.join(SCRIPTS, 'run_peer.py');
    const args = [script, path.join(folder, 'whisper-base-ct2'), String(threads)];
    const python = path.join(folder, 'venv/bin/python');
    const child = spawn(python, language === null ? args : [...args, language], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child, 'spawn');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const peer = new PeerEngine(child, lines);
    await peer.answer();
    return peer;
  }

  async transcribe(file: string): Promise<PeerResult> {
    this.child.stdin?.write(`${path.resolve(file)}\n`);
    return JSON.parse(await this.answer()) as PeerResult;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }

  private async answer(): Promise<string> {
    const { done, value } = await this.lines.next();
    if (done === true) throw new Error('The peer engine has ended; what it said is above');
    return value;
  }
}

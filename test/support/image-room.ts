import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { collectOutput, keepSecretsOfEnvironment } from './collected-logs.js';
import { waitFor } from './wait-for.js';

const ROOM = path.join(import.meta.dirname, 'image-room.sh');

export const BUILD_INFO = 'BUILD_VERSION=v9.8.7\nBUILD_SHA=0123abc\nBUILD_DATE=2026-01-02T03:04:05Z\n';

export interface ImageOptions {
  /** What production-files.mjs has made, with an empty folder `data`. */
  readonly tree: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Contents of /etc/whisper-build.info; null: there is none. */
  readonly buildInfo?: string | null;
  /** The folder of its data, which stays; default: one of its own. */
  readonly volume?: string;
}

/**
 * A process as the image starts it: tini and the entrypoint, in a root folder of its own (image-room.sh), with nothing of the environment
 * of the tests. It shares their network.
 */
export class ImageProcess {
  stdout = '';
  stderr = '';
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'image-'));
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor({ tree, env, args = [], buildInfo = BUILD_INFO, volume }: ImageOptions) {
    keepSecretsOfEnvironment(env);
    this.child = spawn(
      'unshare',
      [...namespaces(), 'sh', ROOM, ...this.places(tree, buildInfo, volume), ...command(args)],
      {
        env: { PATH: '/node:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ...IMAGE_ENV, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    collectOutput('image', [this.child.stdout]);
    collectOutput('image-errors', [this.child.stderr]);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.closed = once(this.child, 'close');
  }

  /** Waits until it tells where it listens. */
  async url(): Promise<string> {
    await waitFor(() => this.child.exitCode !== null || this.listening() !== undefined);
    const url = this.listening();
    if (url === undefined) throw new Error(`It ended before it was ready:\n${this.stdout}\n${this.stderr}`);
    return url.replace('0.0.0.0', '127.0.0.1');
  }

  /** The pid, seen from here, of the process that is pid 1 inside. */
  get pid(): number {
    return Number(childrenOf(this.child.pid ?? 0)[0]);
  }

  /** Sends SIGTERM to pid 1, as container engines do, and returns the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) process.kill(this.pid, 'SIGTERM');
    return this.end();
  }

  async end(): Promise<number | null> {
    await this.closed;
    rmSync(this.folder, { recursive: true, force: true });
    return this.child.exitCode;
  }

  private listening(): string | undefined {
    return /"url":"(http:[^"]+)"/.exec(this.stdout)?.[1];
  }

  private places(tree: string, buildInfo: string | null, volume: string | undefined): string[] {
    const [root, own, info] = ['root', 'data', 'build.info'].map((name) => path.join(this.folder, name)) as [
      string,
      string,
      string,
    ];
    const data = volume ?? own;
    mkdirSync(root);
    mkdirSync(data, { recursive: true });
    if (buildInfo !== null) writeFileSync(info, buildInfo);
    return [root, tree, data, buildInfo === null ? 'none' : info, process.execPath];
  }
}

/** As docker/Dockerfile sets them; a test holds the two against each other. */
export const IMAGE_ENV = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  DATA_DIR: '/app/data',
} as const;

function command(args: readonly string[]): string[] {
  return ['tini', '--', '/app/scripts/docker-entrypoint.sh', ...args];
}

function namespaces(): string[] {
  const asUser = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return [...asUser, '--mount', '--pid', '--fork', '--kill-child'];
}

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
}

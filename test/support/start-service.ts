import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { collectOutput, keepCredential, keepSecretsOfEnvironment } from './collected-logs.js';
import { onSmallDisk } from './small-disk.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 30_000;
const ASK_AGAIN_MS = 100;
const KEPT_OUTPUT_CHARACTERS = 8000;

export interface RunningService {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** What it wrote to stdout so far: one JSON object a line. */
  log(): string;
  /** What it wrote to stderr, which is for people. */
  errors(): string;
  /** Ends it with SIGTERM and removes its data folder when that was made here. Returns the exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would, as far as that can be done to a process. Its data folder stays. */
  kill(): Promise<void>;
}

/** Which of the built programs. */
type Program = 'service' | 'worker';

const PROGRAMS: Readonly<Record<Program, string>> = {
  service: 'dist/main.js',
  worker: 'dist/main.worker.js',
};

export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that stays after stop(); default: a new one that goes. */
  readonly dataDir?: string;
  /** False for a service that answers but will not call itself ready. */
  readonly ready?: boolean;
  /** `worker`: a worker process. */
  readonly program?: Program;
  /** Its data folder is a disk of its own of this size, which only it sees (others under /proc/PID/root) and which ends with it. */
  readonly diskMib?: number;
}

/**
 * Starts the built service (`dist/main.js`, or a worker) as a process of its own, on a free port of 127.0.0.1 and with its own data, and waits
 * until it calls itself ready. The environment of the tests is not passed on, so that no setting of the machine leaks in.
 */
export async function startService(options: ServiceOptions = {}): Promise<RunningService> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'service-')));
  const command = options.diskMib === undefined ? [] : onSmallDisk(dataDir, options.diskMib);
  const child = spawnService(
    { PORT: '0', WORKER_PORT: '0', DATA_DIR: dataDir, ...options.env },
    command,
    options.program,
  );
  const service = new ServiceProcess(child);
  try {
    const url = await service.listening(options.ready === false ? answers : answersReady);
    await keepGeneratedSecrets(dataDir);
    return {
      url,
      dataDir,
      pid: child.pid ?? 0,
      log: () => service.log,
      errors: () => service.errors,
      kill: () => service.kill(),
      stop: async () => {
        const code = await service.stop();
        if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
        return code;
      },
    };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Runs the service to its end, for starts that must fail. */
export async function runServiceToEnd(
  env: Readonly<Record<string, string>>,
  program?: Program,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnService(env, [], program);
  const service = new ServiceProcess(child);
  if (child.exitCode === null) await once(child, 'close', { signal: AbortSignal.timeout(START_LIMIT_MS) });
  return { code: child.exitCode, stdout: service.log, stderr: service.errors };
}

function spawnService(
  env: Readonly<Record<string, string>>,
  command: readonly string[] = [],
  name: Program = 'service',
): ChildProcess {
  const main = path.join(ROOT, PROGRAMS[name]);
  if (!existsSync(main)) throw new Error('dist/ is missing: run `npm run build` first.');
  const basics = {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    // No line is to hold a secret, however much somebody wants to know.
    LOG_LEVEL: 'trace',
  };
  keepSecretsOfEnvironment(env);
  const [program, ...args] = [...command, process.execPath, main];
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...basics, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  collectOutput('service', [child.stdout]);
  collectOutput('service-errors', [child.stderr]);
  return child;
}

async function keepGeneratedSecrets(dataDir: string): Promise<void> {
  const folder = path.join(dataDir, 'secrets');
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) keepCredential(await readFile(path.join(folder, name), 'utf8'));
}

class ServiceProcess {
  log = '';
  errors = '';
  private ended = false;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    child.once('exit', () => {
      this.ended = true;
    });
  }

  /** The address is in the log entry of the start; whether it will do is asked of the service itself. */
  async listening(isUp: (url: string) => Promise<boolean>): Promise<string> {
    const deadline = AbortSignal.timeout(START_LIMIT_MS);
    for (;;) {
      if (this.ended) throw new Error(`The service ended before it was ready:\n${this.output}`);
      if (deadline.aborted) throw new Error(`The service is not ready in time:\n${this.output}`);
      const url = /"url":"(http:[^"]+)"/.exec(this.log)?.[1];
      if (url !== undefined && (await isUp(url))) return url;
      await pause(ASK_AGAIN_MS);
    }
  }

  private get output(): string {
    return `${this.log}\n${this.errors}`.slice(-KEPT_OUTPUT_CHARACTERS);
  }

  async kill(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<number | null> {
    if (!this.ended) {
      const exited = once(this.child, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
      this.child.kill('SIGTERM');
      try {
        await exited;
      } catch (error) {
        this.child.kill('SIGKILL');
        throw new Error(`The service did not stop:\n${this.output}`, { cause: error });
      }
    }
    return this.child.exitCode;
  }
}

const answersReady = (url: string): Promise<boolean> => answers(url, '/health/readyz');

async function answers(url: string, probe = '/health/livez'): Promise<boolean> {
  try {
    const response = await fetch(url + probe);
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

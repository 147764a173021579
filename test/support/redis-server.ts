import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './free-port.js';

const ATTEMPTS = 5;

export interface RedisAddress {
  /** Without the password. */
  readonly url: string;
  readonly password: string;
}

export interface RedisServer extends RedisAddress {
  readonly port: number;
  /** Ends it as a power cut would, for as long as nobody starts it again. */
  kill(): Promise<void>;
  /** Starts it again with the same address, and with what it held when it was started to keep that; with another policy if one is named. */
  startAgain(policy?: string): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Write everything to the disk at once, to be found after the next start. */
  readonly keep?: boolean;
  /** What it throws away when it is full. */
  readonly policy?: string;
}

/** A Redis of its own, on a free port of 127.0.0.1. */
export async function startRedis({
  keep = false,
  policy = 'noeviction',
}: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const password = randomBytes(16).toString('hex');
  const optionsFor = (port: number, ownPolicy = policy): Readonly<Record<string, string>> => ({
    bind: '127.0.0.1',
    port: String(port),
    requirepass: password,
    dir: folder,
    save: '',
    appendonly: keep ? 'yes' : 'no',
    appendfsync: 'always',
    'maxmemory-policy': ownPolicy,
  });
  const first = await startSomewhere(optionsFor);
  const { port } = first;
  let { server } = first;
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  return {
    port,
    password,
    url: `redis://127.0.0.1:${port}`,
    kill,
    startAgain: async (otherPolicy) => {
      server = await start(optionsFor(port, otherPolicy));
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSomewhere(
  optionsFor: (port: number) => Readonly<Record<string, string>>,
): Promise<{ port: number; server: ChildProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const port = await findFreePort();
      return { port, server: await start(optionsFor(port)) };
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(options: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).once('exit', () => {
      reject(new Error(`Redis did not start:\n${log}`));
    });
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('Ready to accept connections')) resolve();
    });
  });
  return server;
}

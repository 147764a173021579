import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { findFreePort } from './free-port.js';

const ATTEMPTS = 5;

export interface RedisServer {
  readonly port: number;
  readonly password: string;
  /** Without the password. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A Redis of its own, on a free port of 127.0.0.1, that keeps nothing on the disk. */
export async function startRedis(): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await findFreePort());
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOn(port: number): Promise<RedisServer> {
  const password = randomBytes(16).toString('hex');
  const options = { bind: '127.0.0.1', port, requirepass: password, save: '', appendonly: 'no' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
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
  return {
    port,
    password,
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      if (server.exitCode !== null) return;
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
  };
}

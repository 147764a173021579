/** The commands of docs/operations.md, as they stand there but for the address, in their order, against one service. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findFreePort } from '../support/free-port.js';
import { runBlocks } from '../support/operations-document.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(180_000);

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCUMENTED = 'http://127.0.0.1:8001';
const execute = promisify(execFile);

let folder: string;
let port: number;
const outputs: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'operations-'));
  for (const name of ['scripts', 'docs', 'models', 'node_modules'])
    await symlink(path.join(ROOT, name), path.join(folder, name));
  await cp(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  port = await findFreePort();
});

afterAll(async () => {
  const pid = await servicePid();
  if (pid !== null && isAlive(pid)) {
    process.kill(pid, 'SIGTERM');
    await waitFor(() => !isAlive(pid), { limitMs: 60_000 });
  }
  await rm(folder, { recursive: true, force: true });
});

async function servicePid(): Promise<number | null> {
  const text = await readFile(path.join(folder, 'service.pid'), 'utf8').catch(() => null);
  return text === null ? null : Number(text);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function run(code: string): Promise<string> {
  const script = code.replaceAll(DOCUMENTED, `http://127.0.0.1:${port}`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, PORT: String(port) };
  try {
    const { stdout } = await execute('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: folder, env });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    const log = await readFile(path.join(folder, 'service.log'), 'utf8').catch(() => '');
    throw new Error(`${stdout}\n${stderr}\n${log.slice(-2000)}`, { cause: error });
  }
}

describe('a command of docs/operations.md', () => {
  it.each(runBlocks.map((block, n) => [n + 1, block.heading, block.code] as const))(
    'does what it is there for: %d, of "%s"',
    async (_number, _heading, code) => {
      // Nothing was wrong so far that could be found in the log.
      const isSearch = code.startsWith('grep');
      outputs.push(await run(isSearch ? `{ ${code.trim()}; } || test $? = 1` : code));
    },
  );
});

describe('docs/operations.md', () => {
  it('shows what it promises: readiness, a backup that is sound, a restore', () => {
    const all = outputs.join('\n');

    for (const seen of ['"status":"ok"', 'whisper_ready{', ' is sound', 'Restored.'])
      expect(all).toContain(seen);
  });
});

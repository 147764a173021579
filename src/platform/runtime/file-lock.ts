import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '../errors/startup-error.js';
import { codeOf } from './system-calls.js';

const POLL_MS = 100;
const NOT_FREE = 1;

export interface FileLock {
  /** A process that is started with this descriptor keeps the lock for as long as it, or one of its children, lives. */
  readonly fd: number;
  /** False where the system has no such locks: then nobody else is shut out, and nothing is known of others. */
  readonly isExclusive: boolean;
  /** Lets go in this process. */
  release(): Promise<void>;
}

/**
 * Takes a lock that the kernel frees with the last process that has it, however that ends, and that holds across
 * containers, where pids and shared memory of others cannot be seen. Node has no call for it, so the program `flock`
 * (util-linux) locks the file that this process has opened. Where there is no such program the service goes on without.
 *
 * @param patienceMs how long to wait for another holder
 * @returns null when another process has the lock
 * @throws StartupError when the file cannot be opened
 */
export async function tryLockFile(
  file: string,
  patienceMs = 0,
  signal?: AbortSignal,
): Promise<FileLock | null> {
  const handle = await openLockFile(file);
  const deadline = performance.now() + patienceMs;
  try {
    for (;;) {
      const code = await flock(handle);
      signal?.throwIfAborted();
      if (code !== NOT_FREE) {
        return { fd: handle.fd, isExclusive: code === 0, release: () => handle.close() };
      }
      if (performance.now() >= deadline) break;
      await delay(POLL_MS);
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return null;
}

async function openLockFile(file: string): Promise<FileHandle> {
  try {
    // Network file systems lock only files that are open for writing.
    return await open(file, 'a', 0o600);
  } catch (cause) {
    throw new StartupError(`The file ${file} cannot be opened (${codeOf(cause)}).`, { cause });
  }
}

/** Exit code of `flock`: 0 locked, 1 held by another, null or another number where it is missing or cannot lock here. */
function flock(handle: FileHandle): Promise<number | null> {
  if (process.platform === 'win32') return Promise.resolve(null);
  return new Promise((resolve) => {
    const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', handle.fd] });
    child.once('error', () => {
      resolve(null);
    });
    child.once('exit', resolve);
  });
}

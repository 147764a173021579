import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounts, and then becomes the program that follows. */
const MOUNT_AND_RUN = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';

/**
 * The beginning of a command that runs a program with a real small disk at this folder. It is in a mount namespace of its own, which a normal user may make
 * too and which ends with its process.
 */
export function onSmallDisk(folder: string, mib: number): string[] {
  const unshare = process.getuid?.() === 0 ? ['-m'] : ['-rm'];
  return ['unshare', ...unshare, 'sh', '-c', MOUNT_AND_RUN, 'sh', `${mib}m`, folder];
}

/** Has the disk that a process started by `onSmallDisk` sees at this folder take writes, or not. */
export async function remount(pid: number, folder: string, access: 'ro' | 'rw'): Promise<void> {
  const user = process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials'];
  await run('nsenter', ['-t', String(pid), '-m', ...user, 'mount', '-o', `remount,${access}`, folder]);
}

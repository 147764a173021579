import { readdir, readFile, readlink } from 'node:fs/promises';

const PID_NAMES = /^\d+$/;

/**
 * Ends engine children that outlived the service that started them: one that is stopped does not notice. Each has the number of its parent
 * as its only argument; when another process has become its parent, that one is gone. Only Linux tells; elsewhere nothing is done.
 *
 * @param entry the program of engine children
 * @returns the numbers of those that were ended
 */
export async function endOrphanedEngines(entry: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const ended: number[] = [];
  for (const name of names.filter((each) => PID_NAMES.test(each)))
    if ((await isOrphan(name, entry)) && end(Number(name))) ended.push(Number(name));
  return ended;
}

/** False when it has ended by itself meanwhile, or belongs to somebody else. */
function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** False also for what belongs to somebody else, or has just ended. */
async function isOrphan(name: string, entry: string): Promise<boolean> {
  try {
    const [parent, program] = (await readFile(`/proc/${name}/cmdline`, 'utf8'))
      .split('\0')
      .toReversed()
      .slice(1);
    if (program !== entry || parent === undefined) return false;
    // In a container within this system parents have other numbers.
    if ((await readlink(`/proc/${name}/ns/pid`)) !== (await readlink('/proc/self/ns/pid'))) return false;
    const [, ppid] = /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${name}/status`, 'utf8')) ?? [];
    return ppid !== undefined && ppid !== parent;
  } catch {
    return false;
  }
}

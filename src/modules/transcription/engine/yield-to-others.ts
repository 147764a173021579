import { execFileSync } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';

/** Setting it takes milliseconds. */
const LIMIT_MS = 2000;

/**
 * The engine takes all of the processors that it is given, and nobody waits for it within milliseconds: requests and the database go
 * first. The lowest priority alone lets it finish its slice of time before others that have just got something to do; idle work gives
 * way at once, where the system knows it and has the program that sets it.
 */
export function yieldToOthers(): void {
  const { PRIORITY_LOW: wanted } = constants.priority;
  // Nobody may raise it. Threads that begin later have it too.
  if (getPriority() < wanted) setPriority(wanted);
  if (process.platform !== 'linux') return;
  try {
    const args = ['--all-tasks', '--idle', '--pid', '0', String(process.pid)];
    execFileSync('chrt', args, { stdio: 'ignore', timeout: LIMIT_MS });
  } catch {
    // Containers of other make do without it.
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { waitFor } from './wait-for.js';

/** The list of the system leaves children out while others begin or end. */
const LOOKS = 3;

/** Ends the engine child of a service as the kernel would when memory runs out. */
export function killEngineOf(servicePid: number): void {
  const engine = findChild(servicePid, 'engine.child');
  if (engine === undefined) throw new Error('The service has no engine child');
  process.kill(engine, 'SIGKILL');
}

/** Kills the diarizer of a service so many times, each as soon as it is there. */
export async function killDiarizers({ pid }: { readonly pid: number }, times: number): Promise<void> {
  let last: number | undefined;
  for (let killed = 0; killed < times; killed += 1) {
    await waitFor(
      () => {
        const child = findChild(pid, 'diarizer.child');
        if (child === undefined || child === last) return false;
        process.kill(child, 'SIGKILL');
        last = child;
        return true;
      },
      { limitMs: 60_000, what: 'a diarizer' },
    );
  }
}

/** The process number of a child that runs this program. */
export function findChild(pid: number, program: string): number | undefined {
  for (let look = 0; look < LOOKS; look += 1) {
    const found = childrenOf(pid).find((child) => commandOf(child).includes(program));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Linux tells by itself; elsewhere a program has to, and not every container has one. */
export function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  const text = existsSync(list)
    ? readFileSync(list, 'utf8')
    : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return text.split(/\s+/).filter(Boolean).map(Number);
}

export function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file)
    ? readFileSync(file, 'utf8')
    : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
}

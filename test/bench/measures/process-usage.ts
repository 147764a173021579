import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel (Linux) knows of a process and of those that it started. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Processor seconds so far, user and system, with those of children that have ended. */
  readonly cpuSeconds: number;
}

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const KIB_PER_MIB = 1024;

/** The process and everything below it that lives. */
function processTree(root: number): ProcessInfo[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => findProcess(Number(name)))
    .filter((info) => info !== null);
  const tree: ProcessInfo[] = all.filter((info) => info.pid === root);
  for (const parent of tree) tree.push(...all.filter((info) => info.parent === parent.pid));
  return tree;
}

/** The engine child of a service. */
export function findEngine(servicePid: number): ProcessInfo | null {
  return processTree(servicePid).find((info) => info.command.includes('engine.child.js')) ?? null;
}

/** Processor seconds of the process and everything below it. */
export function treeCpuSeconds(root: number): number {
  return processTree(root).reduce((sum, info) => sum + info.cpuSeconds, 0);
}

/** The most resident memory that the process has had so far, in MiB. */
export function peakRssMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / KIB_PER_MIB;
}

function findProcess(pid: number): ProcessInfo | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; the fields behind it are counted from 3 (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      pid,
      parent: field(4),
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      cpuSeconds: (field(14) + field(15) + field(16) + field(17)) / TICKS_PER_SECOND,
    };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

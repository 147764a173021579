import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel (Linux) knows of a process and of those that it started. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Processor time of it and of those that it started and that have ended. */
  readonly cpuSeconds: number;
  /** Of it alone. */
  readonly ownCpuSeconds: number;
}

/** The kernel counts in these, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The process and everything below it that lives. */
export function processTree(root: number): ProcessInfo[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => findProcess(Number(name)))
    .filter((info) => info !== null);
  const tree: ProcessInfo[] = all.filter((info) => info.pid === root);
  for (const parent of tree) tree.push(...all.filter((info) => info.parent === parent.pid));
  return tree;
}

/** Processor time that the process and everything below it has used. */
export function cpuSeconds(root: number): number {
  return processTree(root).reduce((sum, info) => sum + info.cpuSeconds, 0);
}

/** The engine child of a service. */
export function findEngine(servicePid: number): ProcessInfo | null {
  return processTree(servicePid).find((info) => info.command.includes('engine.child.js')) ?? null;
}

const KIB_PER_MIB = 1024;

/** Resident memory of a process, in MiB. */
export function residentMib(pid: number): number {
  return memoryMib(pid, 'VmRSS');
}

/** Resident memory of processes that share a part of theirs, which counts once, in MiB. Those that have ended count nothing. */
export function sharedResidentMib(processes: readonly ProcessInfo[]): number {
  return processes.reduce((sum, { pid }) => sum + proportionalMib(pid), 0);
}

function proportionalMib(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / KIB_PER_MIB;
  } catch {
    return 0;
  }
}

/** The most that was ever resident of a process, in MiB. */
export function peakResidentMib(pid: number): number {
  return memoryMib(pid, 'VmHWM');
}

function memoryMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / KIB_PER_MIB;
}

/** File descriptors that a process holds. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
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
      ownCpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
      cpuSeconds: (field(14) + field(15) + field(16) + field(17)) / TICKS_PER_SECOND,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
    };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

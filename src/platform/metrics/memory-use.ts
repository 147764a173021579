import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';

export interface MemoryFigures {
  /** Of the machine, in bytes as all of them. */
  readonly total: number;
  /** The limit of the container; 0, or more than there is: none. */
  readonly constrained: number;
  readonly available: number;
  /** `memory.stat` of the cgroup; empty where there is none. */
  readonly stat: string;
}

/**
 * Part of the memory that the machine, or the container, lets this process have. The figures of a cgroup count what was read of files
 * as used, which the kernel gives back before it ends anything: https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
 */
export function memoryUse({ total, constrained, available, stat }: MemoryFigures): number {
  const isLimited = constrained > 0 && constrained < total;
  const cache = isLimited ? Number(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0) : 0;
  const limit = isLimited ? constrained : total;
  return Math.min(1, Math.max(0, 1 - (available + cache) / limit));
}

export async function readMemoryUse(): Promise<number> {
  return memoryUse({
    total: totalmem(),
    constrained: process.constrainedMemory(),
    available: process.availableMemory(),
    stat: await readStat().catch(() => ''),
  });
}

async function readStat(): Promise<string> {
  const [, group = '/'] = /^0::(.+)$/m.exec(await readFile('/proc/self/cgroup', 'utf8')) ?? [];
  return readFile(path.join('/sys/fs/cgroup', group, 'memory.stat'), 'utf8');
}

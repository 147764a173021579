import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** Where limits on the memory of this process are written down. */
export interface MemorySources {
  /** Bytes of the machine. */
  total: number;
  /** As Node sees the limit of its control group; 0 where it cannot tell. */
  constrained: number;
  /** Contents of the files of control groups: a number of bytes, or `max`. */
  files: readonly string[];
}

/** Version 2 and version 1 of control groups, as a container sees its own. */
const FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** Bytes that this process may use: the least of what the machine has and what its control groups allow. */
export function memoryLimit(sources: MemorySources = systemSources()): number {
  const { total, constrained, files } = sources;
  // Where nothing limits a group it says `max`, or a number beyond all machines.
  const limits = [constrained, ...files.map((content) => Number(content.trim()))];
  return Math.min(total, ...limits.filter((limit) => limit > 0));
}

function systemSources(): MemorySources {
  const files = FILES.flatMap((path) => {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      // Another system, or another version of control groups.
      return [];
    }
  });
  return { total: totalmem(), constrained: process.constrainedMemory(), files };
}

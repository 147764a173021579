import { readFileSync } from 'node:fs';

/** Bytes of memory that a process has in use; null where the system does not tell, or there is no such process. */
export function readResidentBytes(pid: number): number | null {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}

/** What the system calls the error: `ENOENT`, `ENOSPC`, … */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}

/** Whether the system says it of a file or folder, which it names. */
export function isOfFile(error: unknown): error is Error & { readonly path: unknown } {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

/** Whether any process has this pid. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

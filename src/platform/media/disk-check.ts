import { closeSync, openSync, readSync } from 'node:fs';
import { FFmpegError } from 'node-av/lib';
import { AppError } from '../errors/app-error.js';

const READ_BYTES = 1 << 20;

/** Tells a disk that fails from a file that is damaged: the first must not look like a short recording, the second not like our fault. */
export class DiskCheck {
  private known = false;

  constructor(private readonly path: string) {}

  /**
   * FFmpeg has one code for both, so after it the file is read through, once.
   *
   * @throws AppError internal_error when the disk fails
   */
  judge(result: number): void {
    if (this.known || FFmpegError.fromCode(result)?.isEIO !== true) return;
    try {
      readThrough(this.path);
    } catch (cause) {
      throw new AppError('internal_error', 'The stored file could not be read.', { cause });
    }
    this.known = true;
  }
}

function readThrough(path: string): void {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(READ_BYTES);
    while (readSync(file, buffer) > 0);
  } finally {
    closeSync(file);
  }
}

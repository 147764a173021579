import { type FileHandle, open, rm } from 'node:fs/promises';
import { releaseBuffer } from '../release-buffer.js';

/** A part of an upload, on the disk of this machine. It has no name there, so that nothing is left of it when the process is killed. */
export class SpooledPart {
  sizeBytes = 0;
  isLast = false;

  private constructor(
    readonly number: number,
    private readonly file: FileHandle,
    private readonly mostBytes: number,
  ) {}

  static async open(number: number, path: string, mostBytes: number): Promise<SpooledPart> {
    const file = await open(path, 'wx+', 0o600);
    await rm(path);
    return new SpooledPart(number, file, mostBytes);
  }

  get isFull(): boolean {
    return this.sizeBytes === this.mostBytes;
  }

  /** @returns what it has no room for */
  async append(bytes: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>> {
    const fitting = bytes.subarray(0, this.mostBytes - this.sizeBytes);
    const { bytesWritten } = await this.file.write(fitting, 0, fitting.length, this.sizeBytes);
    this.sizeBytes += bytesWritten;
    return bytes.subarray(bytesWritten);
  }

  async read(): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(this.sizeBytes);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await this.file.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) throw new Error('A part is shorter than what was written to it');
      at += bytesRead;
    }
    return bytes;
  }

  /** May be said twice. */
  close(): Promise<void> {
    return this.file.close();
  }
}

/**
 * Cuts bytes into parts on the disk, at least one, all of the same size but the last: a client that is slow takes no memory while its
 * part fills. Whoever gets a part has to close it.
 */
export async function* spoolParts(
  bytes: AsyncIterable<Buffer<ArrayBuffer>>,
  partBytes: number,
  newPath: () => string,
): AsyncGenerator<SpooledPart> {
  let filling: SpooledPart | null = await SpooledPart.open(1, newPath(), partBytes);
  try {
    for await (const chunk of bytes) {
      for (let rest = chunk; rest.length > 0;) {
        if (filling.isFull) {
          const full: SpooledPart = filling;
          filling = await SpooledPart.open(full.number + 1, newPath(), partBytes);
          yield full;
        }
        rest = await filling.append(rest);
      }
      releaseBuffer(chunk);
    }
    const last = filling;
    filling = null;
    last.isLast = true;
    yield last;
  } finally {
    await filling?.close();
  }
}

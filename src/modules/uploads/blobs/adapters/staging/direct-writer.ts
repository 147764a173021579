import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../../../../../platform/runtime/system-calls.js';
import type { BlockPair, DirectMemory } from './direct-memory.js';
import { writeAll, type Chunks } from './write-all.js';

/**
 * Goes on writing a file past the page cache (`O_DIRECT`): the bytes of a large file are copied once less, and nothing is left to
 * flush at its end. One write at a time, so that a file never has a hole: what it holds is what was written.
 */
export class DirectWriter {
  private filledBytes = 0;
  private writing: Promise<void> | undefined;
  /** Not in the file yet, with the place in it behind each. */
  private waiting: { readonly chunk: Buffer<ArrayBuffer>; readonly end: number }[] = [];
  private receivedBytes: number;
  private writtenBytes: number;

  /** Some file systems open a file for it and then do not. */
  private isRefused = false;

  private constructor(
    private readonly file: FileHandle,
    private readonly direct: FileHandle,
    private readonly memory: DirectMemory,
    private blocks: BlockPair,
    position: number,
  ) {
    this.receivedBytes = position;
    this.writtenBytes = position;
  }

  /**
   * @param file the same file, opened as usual: for what fills no block
   * @param position a multiple of `ALIGNMENT_BYTES`
   * @returns null where the system or the file system has no direct writes, or the memory for them is in use
   */
  static async open(
    file: FileHandle,
    path: string,
    position: number,
    memory: DirectMemory,
  ): Promise<DirectWriter | null> {
    const blocks = memory.take();
    if (blocks === undefined) return null;
    const direct = await openDirect(path);
    if (direct !== null) return new DirectWriter(file, direct, memory, blocks, position);
    memory.giveBack(blocks);
    return null;
  }

  /** Takes the next bytes. @returns those that are in the file now, of these or earlier ones */
  async append(chunks: Chunks): Promise<Buffer<ArrayBuffer>[]> {
    for (const chunk of chunks) {
      this.receivedBytes += chunk.length;
      this.waiting.push({ chunk, end: this.receivedBytes });
      await this.take(chunk);
    }
    return this.takeWritten();
  }

  /** Writes the last bytes, which fill no block. */
  async finish(): Promise<Buffer<ArrayBuffer>[]> {
    await this.writing;
    const rest = this.blocks[0].subarray(0, this.filledBytes);
    await writeAll(this.file, [rest], this.writtenBytes);
    this.writtenBytes += rest.length;
    return this.takeWritten();
  }

  /** When nothing is appended any more: the memory is another file's from here on. */
  async close(): Promise<void> {
    await this.writing?.catch(() => undefined);
    this.memory.giveBack(this.blocks);
    await this.direct.close();
  }

  private async take(chunk: Buffer<ArrayBuffer>): Promise<void> {
    for (let taken = 0; taken < chunk.length;) {
      const bytes = chunk.copy(this.blocks[0], this.filledBytes, taken);
      taken += bytes;
      this.filledBytes += bytes;
      if (this.filledBytes === this.blocks[0].length) await this.writeBlock();
    }
  }

  /** Resolves as soon as there is an empty block. */
  private async writeBlock(): Promise<void> {
    await this.writing;
    const [full, empty] = this.blocks;
    this.blocks = [empty, full];
    this.filledBytes = 0;
    this.writing = this.write(full);
    // Whoever waits for it next hears of a failure.
    this.writing.catch(() => undefined);
  }

  private async write(block: Buffer<ArrayBuffer>): Promise<void> {
    const bytes = await this.writePastCache(block);
    if (bytes < block.length) await writeAll(this.file, [block.subarray(bytes)], this.writtenBytes + bytes);
    this.writtenBytes += block.length;
  }

  /** @returns how many of the bytes are written; what is left might not begin where such writes may */
  private async writePastCache(block: Buffer<ArrayBuffer>): Promise<number> {
    if (this.isRefused) return 0;
    try {
      return (await this.direct.write(block, 0, block.length, this.writtenBytes)).bytesWritten;
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error;
      this.isRefused = true;
      return 0;
    }
  }

  private takeWritten(): Buffer<ArrayBuffer>[] {
    const first = this.waiting.findIndex(({ end }) => end > this.writtenBytes);
    const written = this.waiting.splice(0, first === -1 ? this.waiting.length : first);
    return written.map(({ chunk }) => chunk);
  }
}

/** Linux has it, not every file system does. */
async function openDirect(path: string): Promise<FileHandle | null> {
  const { O_DIRECT, O_WRONLY } = constants as Partial<typeof constants>;
  if (O_DIRECT === undefined || O_WRONLY === undefined) return null;
  return await open(path, O_WRONLY | O_DIRECT).catch(() => null);
}

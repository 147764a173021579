import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { type BlockPair, type DirectMemory } from './direct-memory.js';
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

  private constructor(
    private readonly direct: FileHandle,
    private readonly memory: DirectMemory,
    private blocks: BlockPair,
    position: number,
  ) {
    this.receivedBytes = position;
    this.writtenBytes = position;
  }

  /**
   * @param position a multiple of `ALIGNMENT_BYTES`
   * @returns null where the system or the file system has no direct writes, or the memory for them is in use
   */
  static async open(path: string, position: number, memory: DirectMemory): Promise<DirectWriter | null> {
    const blocks = memory.take();
    if (blocks === undefined) return null;
    const direct = await openDirect(path);
    if (direct !== null) return new DirectWriter(direct, memory, blocks, position);
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

  /** Writes what is left by `file`, which is the same one: its last bytes fill no block. */
  async finish(file: FileHandle): Promise<Buffer<ArrayBuffer>[]> {
    await this.writing;
    const rest = this.blocks[0].subarray(0, this.filledBytes);
    await writeAll(file, [rest], this.writtenBytes);
    this.writtenBytes += rest.length;
    return this.takeWritten();
  }

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
    await writeAll(this.direct, [block], this.writtenBytes);
    this.writtenBytes += block.length;
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

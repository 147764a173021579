/** Of its types there are only those for browsers. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

const WASM_PAGE_BYTES = 2 ** 16;
/** What direct writes want the address in memory, the place in the file and the length to be multiples of. */
export const ALIGNMENT_BYTES = 4096;
const BLOCK_BYTES = 2 ** 20;
const MOST_PAIRS = 4;

/** One is filled while the other is written. */
export type BlockPair = readonly [Buffer<ArrayBuffer>, Buffer<ArrayBuffer>];

/**
 * A few blocks of memory that begin at a page of it, for writers that go past the page cache. Node has no other memory than that of
 * WebAssembly that V8 maps by whole pages; should it ever not, the writer finds out and does without.
 */
export class DirectMemory {
  private readonly idle: BlockPair[] = [];
  private made = 0;

  /** Undefined while all are in use, or where there is none. */
  take(): BlockPair | undefined {
    const pair = this.idle.pop();
    if (pair !== undefined || this.made === MOST_PAIRS) return pair;
    try {
      const made: BlockPair = [makeBlock(), makeBlock()];
      this.made += 1;
      return made;
    } catch {
      // Its memory is reserved by the gigabyte, which the limits of a process may not allow.
      return undefined;
    }
  }

  giveBack(pair: BlockPair): void {
    this.idle.push(pair);
  }
}

function makeBlock(): Buffer<ArrayBuffer> {
  const pages = BLOCK_BYTES / WASM_PAGE_BYTES;
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return Buffer.from(buffer);
}

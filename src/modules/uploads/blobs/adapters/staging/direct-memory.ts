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
 * A few blocks of memory that begin at a page of it, for writers that go past the page cache. The memory of WebAssembly is the
 * only one that does so by its specification: it is handed out in pages of 64 KiB.
 */
export class DirectMemory {
  private readonly idle: BlockPair[] = [];
  private made = 0;

  /** Undefined while all are in use. */
  take(): BlockPair | undefined {
    const pair = this.idle.pop();
    if (pair !== undefined || this.made === MOST_PAIRS) return pair;
    this.made += 1;
    return [makeBlock(), makeBlock()];
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

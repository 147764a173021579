import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

type Pieces = AsyncIterable<string | Uint8Array>;

export interface WholeFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface FileToZip {
  /** Folders are divided by `/`. */
  readonly name: string;
  /** Pieces are asked for when their turn comes. */
  readonly content: WholeFile['content'] | Pieces;
  /** Of sound, which is compressed already or does not get smaller: stored as it is. */
  readonly isDense?: boolean;
}

/** Files as one ZIP. The next is asked for when the one before is on its way, so no more than two are in memory. */
export async function* zipFiles(files: AsyncIterable<FileToZip>): AsyncGenerator<Uint8Array, void> {
  const zip = new ZipFile();
  const output = zip.outputStream.pipe(new PassThrough());
  const stopped = new AbortController();
  const filled = fill(zip, files, stopped.signal).catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
    await filled;
  } finally {
    stopped.abort();
  }
}

async function fill(zip: ZipFile, files: AsyncIterable<FileToZip>, signal: AbortSignal): Promise<void> {
  for await (const { name, content, isDense = false } of files) {
    const source = Readable.from(isPieces(content) ? content : [Buffer.from(content)]);
    zip.addReadStream(source, name, { compress: !isDense });
    try {
      await once(source, 'close', { signal });
    } finally {
      source.destroy();
    }
  }
  zip.end();
}

function isPieces(content: FileToZip['content']): content is Pieces {
  return typeof content === 'object' && Symbol.asyncIterator in content;
}

import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface FileToZip {
  /** Without folders. */
  readonly name: string;
  readonly content: string | Uint8Array;
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
  for await (const { name, content } of files) {
    const source = Readable.from([Buffer.from(content)]);
    zip.addReadStream(source, name);
    await once(source, 'close', { signal });
  }
  zip.end();
}

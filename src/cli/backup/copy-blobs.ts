import { Readable } from 'node:stream';
import type { BlobInUse } from '../../modules/uploads/blobs/blobs-in-use.view.js';
import { BlobMissingError, type BlobStore } from '../../modules/uploads/blobs/blob-store.port.js';
import type { ArchiveWriter } from './archive-writer.js';
import { blobPath, type Manifest } from './manifest.js';
import { Progress } from './progress.js';

type Losses = Pick<Manifest, 'missingBlobs' | 'damagedBlobs'>;

/**
 * Puts blobs into an archive. One that is gone, or is not what was stored, does not keep the others from being saved.
 *
 * @returns the keys of those
 * @throws whatever the store throws while it takes nothing at all: then it is away, and no blob is to blame
 */
export async function copyBlobs(
  store: BlobStore,
  blobs: readonly BlobInUse[],
  archive: ArchiveWriter,
  tell: (line: string) => void,
): Promise<Losses> {
  const total = blobs.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const progress = new Progress(`Recordings (${blobs.length}, ${megabytes(total)})`, total, tell);
  const lost: Record<'missing' | 'damaged', string[]> = { missing: [], damaged: [] };
  for (const blob of blobs) {
    const state = await copyBlob(store, blob, archive);
    if (state !== 'whole') lost[state].push(blob.key);
    progress.advance(Number(blob.bytes));
  }
  return { missingBlobs: lost.missing, damagedBlobs: lost.damaged };
}

async function copyBlob(
  store: BlobStore,
  blob: BlobInUse,
  archive: ArchiveWriter,
): Promise<'whole' | 'missing' | 'damaged'> {
  let content: Readable;
  try {
    content = await store.read(blob.key);
  } catch (error) {
    if (error instanceof BlobMissingError) return 'missing';
    await assertAtWork(store, error);
    return 'damaged';
  }
  const broken: unknown[] = [];
  const readable = Readable.from(untilItBreaks(content, broken), { objectMode: false });
  // What is stored is compressed already.
  await archive.add(blobPath(blob.key), readable, { compress: false, bytes: Number(blob.bytes) });
  if (broken.length > 0) {
    await assertAtWork(store, broken[0]);
    return 'damaged';
  }
  const copied = archive.files.at(-1);
  return blob.sha256 !== null && copied?.sha256 !== blob.sha256 ? 'damaged' : 'whole';
}

/** An archive cannot take back a file that it has begun: it keeps as much as there was. */
async function* untilItBreaks(content: Readable, broken: unknown[]): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of content) yield chunk as Buffer;
  } catch (error) {
    broken.push(error);
  }
}

async function assertAtWork(store: BlobStore, reason: unknown): Promise<void> {
  try {
    await store.assertWritable();
  } catch {
    throw reason;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

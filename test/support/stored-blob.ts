import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Puts a file where a service with this data folder looks for the blob. */
export async function storeBlob(dataDir: string, key: string, bytes: string | Buffer): Promise<void> {
  const folder = path.join(dataDir, 'blobs', key.slice(-2), key.slice(-4, -2));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, key), bytes);
}

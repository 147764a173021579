import { statfs } from 'node:fs/promises';

/** Of the disk of a folder, without what is kept for the system. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

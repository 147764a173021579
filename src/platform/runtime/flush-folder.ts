import { open } from 'node:fs/promises';

/** Makes what was renamed or created in the folder durable; without it a power cut may undo the rename itself. */
export async function flushFolder(folder: string): Promise<void> {
  // Windows cannot open folders; there the rename itself is all there is.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

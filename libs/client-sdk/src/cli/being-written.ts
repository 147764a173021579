import { readdir, readFile, readlink, realpath } from 'node:fs/promises';

const ACCESS_MODE = 0o3;
const READ_ONLY = 0;

/** Whether a process that the user may look into has the file open to write it. Only Linux tells: elsewhere it is false. */
export async function isBeingWritten(file: string): Promise<boolean> {
  const place = await realpath(file).catch(() => null);
  const processes = await readdir('/proc').catch((): string[] => []);
  for (const id of processes.filter((name) => /^\d+$/.test(name)))
    if (await isWriting(`/proc/${id}`, place)) return true;
  return false;
}

async function isWriting(process: string, place: string | null): Promise<boolean> {
  const descriptors = await readdir(`${process}/fd`).catch((): string[] => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`${process}/fd/${descriptor}`).catch(() => null);
    if (target === null || target !== place) continue;
    const about = await readFile(`${process}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
    const flags = parseInt(/^flags:\s*(\d+)/m.exec(about)?.[1] ?? '0', 8);
    if ((flags & ACCESS_MODE) !== READ_ONLY) return true;
  }
  return false;
}

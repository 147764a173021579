import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

export interface StoredSettings {
  readonly url: string;
  readonly apiKey: string;
}

/** @returns null where nobody has signed in. @throws Error for a file that is broken */
export async function readSettings(): Promise<StoredSettings | null> {
  let text: string;
  try {
    text = await readFile(settingsFile(), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { url, apiKey } = JSON.parse(text) as Partial<StoredSettings>;
  if (typeof url !== 'string' || typeof apiKey !== 'string')
    throw new Error(`${settingsFile()} cannot be read: sign in again.`);
  return { url, apiKey };
}

/** Only the user may read them. */
export async function storeSettings(settings: StoredSettings): Promise<string> {
  const file = settingsFile();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.new`;
  await writeFile(fresh, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  // The mode of writeFile is for files that are not there yet.
  await chmod(fresh, 0o600);
  await rename(fresh, file);
  return file;
}

/** Where a folder of the user is, by the rules of the XDG. */
export function xdgFolder(variable: 'XDG_CONFIG_HOME' | 'XDG_STATE_HOME'): string {
  const fallback = variable === 'XDG_CONFIG_HOME' ? '.config' : '.local/state';
  const set = process.env[variable] ?? '';
  return path.join(path.isAbsolute(set) ? set : path.join(homedir(), fallback), 'whisper-transcriber');
}

function settingsFile(): string {
  return path.join(xdgFolder('XDG_CONFIG_HOME'), 'settings.json');
}

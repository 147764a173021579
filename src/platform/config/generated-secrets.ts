import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppConfig } from './app-config.js';

const KEY_BYTES = 64;

/** The same settings with the keys that were not set: made once and kept in the data folder, readable for its owner only. */
export async function completeSecrets(config: AppConfig): Promise<AppConfig> {
  const folder = path.join(config.dataDir, 'secrets');
  const complete = async (keys: readonly string[], name: string): Promise<readonly string[]> =>
    keys.length > 0 ? keys : [await readOrMake(folder, name)];
  const secretKeys = await complete(config.auth.secretKeys, 'secret-key');
  const jwtKeys = await complete(config.auth.jwtKeys, 'jwt-secret-key');
  return { ...config, auth: { ...config.auth, secretKeys, jwtKeys } };
}

async function readOrMake(folder: string, name: string): Promise<string> {
  const file = path.join(folder, name);
  const fresh = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(fresh, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600, flush: true });
    // Of services that start at the same moment one links its file, and all of them read that one.
    await link(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  return readFile(file, 'utf8');
}

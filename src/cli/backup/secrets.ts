import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppConfig } from '../../platform/config/app-config.js';
import { deriveKey } from '../../platform/runtime/seal.js';
import { codeOf } from '../../platform/runtime/system-calls.js';

/** Those that a service makes for itself where the settings name none. */
const GENERATED = ['secret-key', 'jwt-secret-key'] as const;
export type GeneratedSecret = (typeof GENERATED)[number];

const fileOf = (dataDir: string, name: GeneratedSecret): string => path.join(dataDir, 'secrets', name);

/** Those that this service uses: what the settings name is kept elsewhere, and does not belong into a backup. */
export async function readGenerated(config: AppConfig): Promise<ReadonlyMap<GeneratedSecret, string>> {
  const found = new Map<GeneratedSecret, string>();
  for (const name of GENERATED) {
    if (keysOf(config, name).length > 0) continue;
    const text = await readFile(fileOf(config.dataDir, name), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    if (text !== null) found.set(name, text);
  }
  return found;
}

export function keysOf({ auth }: AppConfig, name: GeneratedSecret): readonly string[] {
  return name === 'secret-key' ? auth.secretKeys : auth.jwtKeys;
}

export function isGeneratedSecret(name: string): name is GeneratedSecret {
  return (GENERATED as readonly string[]).includes(name);
}

export async function writeGenerated(dataDir: string, name: GeneratedSecret, text: string): Promise<void> {
  const file = fileOf(dataDir, name);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, text, { mode: 0o600, flush: true });
  await chmod(file, 0o600);
}

/** Two keys are the same when this is. A key cannot be found out from it. */
export function checkOf(secretKey: string): string {
  return deriveKey(secretKey, 'whisper-transcriber', 'which secret key a backup belongs to').toString('hex');
}

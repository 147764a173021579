import { execFileSync } from 'node:child_process';
import path from 'node:path';

const PROGRAM = path.join(import.meta.dirname, 'bundle-sdk.mjs');

/** The built SDK as a script of pages, which has it as `transcriber`. @throws Error when it needs what only Node has */
export function bundleSdk(): string {
  return execFileSync(process.execPath, [PROGRAM], { encoding: 'utf8', maxBuffer: 2 ** 24 });
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// The scripts here run before anything is installed, under whatever Node the machine has: only built-in modules, and only
// syntax that Node 14 can read.

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

export const inRoot = (...parts) => path.join(ROOT, ...parts);

/** A reason to stop that is told in one line, without a stack. */
export class SetupError extends Error {}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Prints the reason and ends the process. */
export function giveUp(error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exit(1);
}

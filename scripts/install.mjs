import { existsSync } from 'node:fs';
import { assertNodeIsPossible } from './node-program.mjs';
import { inRoot, readJson, SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';
import { whileAlone } from './setup-lock.mjs';

/** Installs the packages of package-lock.json unless exactly these are installed. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  assertNodeIsPossible();
  await whileAlone(async () => {
    if (isInstalled()) return;
    const why = existsSync(inRoot('node_modules'))
      ? 'package-lock.json has changed'
      : 'first start, about a minute';
    process.stdout.write(`Installing packages (${why}) …\n`);
    // The build needs the dev packages, which npm leaves out where NODE_ENV is `production`.
    await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

/**
 * npm writes what it has installed as the last step of an installation, so this is also right after an interrupted one,
 * and after an `npm ci` by hand.
 */
function isInstalled() {
  const wanted = readJson(inRoot('package-lock.json'));
  const present = readJson(inRoot('node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.keys(wanted.packages).every((name) => {
    if (name === '') return true;
    const want = wanted.packages[name];
    const have = present.packages[name];
    if (have === undefined) return want.optional === true; // for another platform
    return have.version === want.version && have.integrity === want.integrity;
  });
}

/** In the checkout, or in another folder that has a package-lock.json. */
export async function runNpm(args, cwd = inRoot()) {
  // In an npm script npm tells where it is. Its own Node is used, as the one from the packages is about to be replaced.
  const cli = process.env.npm_execpath;
  const node = process.env.npm_node_execpath || process.execPath;
  const [program, all] = cli && /\.c?js$/.test(cli) ? [node, [cli, ...args]] : ['npm', args];
  const { code, output } = await runTool(program, all, {
    cwd,
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shell: program === 'npm' && process.platform === 'win32',
  });
  if (code === 0) return;
  process.stderr.write(output);
  throw new SetupError('The installation (npm ci) failed; its output is above.');
}

import { spawnSync } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { inRoot, readJson, SetupError } from './project.mjs';

const [MAJOR, MINOR] = readJson(inRoot('package.json')).engines.node.replace('>=', '').split('.').map(Number);

function isNewEnough(version) {
  const [major, minor] = version.replace('v', '').split('.').map(Number);
  return major > MAJOR || (major === MAJOR && minor >= MINOR);
}

function packageName() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return `node-${platform}-${process.arch}`;
}

function packagedNode() {
  return inRoot('node_modules', packageName(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function tooOld() {
  return new SetupError(
    `Node ${MAJOR}.${MINOR} or newer is needed; this is ${process.version}, and no package brings a newer one for ${process.platform}-${process.arch}. See https://nodejs.org.`,
  );
}

/** Before an installation: will there be a Node that can run the service? */
export function assertNodeIsPossible() {
  const lock = readJson(inRoot('package-lock.json'));
  const isPackaged = lock !== null && lock.packages[`node_modules/${packageName()}`] !== undefined;
  if (!isNewEnough(process.version) && !isPackaged) throw tooOld();
}

/** The Node that runs the service and its tools: the one from the packages if it runs here, else this one. */
export function findNode() {
  const program = packagedNode();
  if (process.execPath === program) return program;
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status === 0 && isNewEnough(stdout)) return program;
  // npm puts this link first on the path of every script; one that does not run here (musl) would stop them all.
  if (status === null || status !== 0) removeLink();
  if (isNewEnough(process.version)) return process.execPath;
  throw tooOld();
}

function removeLink() {
  try {
    unlinkSync(inRoot('node_modules', '.bin', 'node'));
  } catch {
    // There is none.
  }
}

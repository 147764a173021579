import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { findNode } from './node-program.mjs';
import { giveUp, inRoot, ROOT, SetupError } from './project.mjs';
import { runTool, toolEnvironment } from './run-tool.mjs';
import { whileAlone } from './setup-lock.mjs';

/**
 * What is built, from what, by which tool. A part whose `needs` do not exist yet is left out. `inputs` are files or whole
 * folders; their contents make the stamp that lies in the output. A part takes in the output of the part that it comes `after`, which
 * stands above it.
 */
const PARTS = [
  {
    name: 'service',
    needs: 'src/main.ts',
    inputs: ['src', '.swcrc', 'nest-cli.json', 'tsconfig.json', 'package.json'],
    output: 'dist',
    tool: ['@nestjs/cli/bin/nest.js', 'build'],
    folder: '.',
  },
  {
    name: 'engine',
    needs: 'libs/whisper-engine/src/index.ts',
    inputs: ['libs/whisper-engine/src', 'libs/whisper-engine/package.json', '.swcrc'],
    output: 'libs/whisper-engine/dist',
    tool: [
      '@swc/cli/bin/swc.js',
      'src',
      '-d',
      'dist',
      '--strip-leading-paths',
      '--config-file',
      '../../.swcrc',
      '-q',
    ],
    folder: 'libs/whisper-engine',
  },
  {
    name: 'types of the engine',
    needs: 'libs/whisper-engine/tsconfig.types.json',
    inputs: ['libs/whisper-engine/src', 'libs/whisper-engine/tsconfig.types.json', 'tsconfig.json'],
    output: 'libs/whisper-engine/types',
    tool: ['typescript/bin/tsc', '-p', 'tsconfig.types.json'],
    folder: 'libs/whisper-engine',
  },
  {
    name: 'client SDK',
    needs: 'libs/client-sdk/src/index.ts',
    inputs: [
      'libs/client-sdk/src',
      'libs/client-sdk/package.json',
      'libs/client-sdk/tsconfig.build.json',
      'tsconfig.json',
    ],
    output: 'libs/client-sdk/dist',
    tool: ['typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    folder: 'libs/client-sdk',
  },
  {
    name: 'web',
    needs: 'web/index.html',
    inputs: ['web', 'libs/client-sdk/src'],
    after: 'client SDK',
    output: 'web/dist',
    tool: ['vite/bin/vite.js', 'build', '--logLevel', 'warn'],
    folder: 'web',
  },
];

const STAMP = '.stamp';
const NOT_SOURCES = new Set(['node_modules', 'dist', '.svelte-kit', '.vite']);

/** Builds the parts whose sources have changed since they were built. */
export async function ensureBuilt() {
  if (stale().length === 0) return;
  await whileAlone(async () => {
    const parts = stale();
    if (parts.length === 0) return;
    process.stdout.write('Building …\n');
    const results = await buildAll(parts);
    const failed = results.filter((result) => !result.ok);
    for (const { name, output } of failed)
      process.stderr.write(`${output.trim()}\nThe build of the ${name} failed.\n`);
    if (failed.length > 0) throw new SetupError('The build failed; see above.');
  });
}

/** Side by side as far as they do not need each other. */
function buildAll(parts) {
  const builds = new Map();
  for (const part of parts)
    builds.set(
      part.name,
      Promise.resolve(builds.get(part.after)).then(() => build(part)),
    );
  return Promise.all(builds.values());
}

function stale() {
  return PARTS.filter((part) => existsSync(inRoot(part.needs)))
    .map((part) => ({ ...part, stamp: stampOf(part) }))
    .filter((part) => readStamp(part) !== part.stamp);
}

function stampOf(part) {
  const hash = createHash('sha256');
  for (const input of part.inputs) addToHash(hash, input);
  return hash.digest('hex');
}

function addToHash(hash, name) {
  const file = inRoot(name);
  let entries;
  try {
    entries = readdirSync(file, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return;
    if (error.code !== 'ENOTDIR') throw error;
    hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (NOT_SOURCES.has(entry.name) || entry.name.endsWith('.spec.ts')) continue;
    addToHash(hash, `${name}/${entry.name}`);
  }
}

function readStamp(part) {
  try {
    return readFileSync(inRoot(part.output, STAMP), 'utf8');
  } catch {
    return null;
  }
}

/** The old output goes first and the stamp comes last, so a build that was broken off is done again. */
async function build(part) {
  rmSync(inRoot(part.output), { recursive: true, force: true });
  const [tool, ...args] = part.tool;
  const result = await runTool(findNode(), [inRoot('node_modules', tool), ...args], {
    cwd: inRoot(part.folder),
    env: toolEnvironment({ FORCE_COLOR: '0' }),
  });
  // swc reports some broken files without failing.
  const ok = result.code === 0 && existsSync(inRoot(part.output));
  if (ok) writeFileSync(inRoot(part.output, STAMP), part.stamp);
  return { name: part.name, ok, output: result.output };
}

if (process.argv[1] && import.meta.url === pathToFileURL(path.resolve(ROOT, process.argv[1])).href) {
  ensureInstalled().then(ensureBuilt).catch(giveUp);
}

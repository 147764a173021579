import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Programs that only the tests need and that no package of npm brings. */
const PROGRAMS = {
  postgres: {
    what: 'a PostgreSQL server (apt-get install postgresql)',
    apt: 'postgresql',
    find: findPostgres,
  },
  chromium: {
    what: 'Chromium (apt-get install chromium, or set CHROMIUM_PATH)',
    apt: 'chromium',
    find: findChromium,
  },
};

/**
 * Finds the named programs, installing with apt what is missing where that is allowed.
 *
 * @returns {Promise<Record<string, string>>} name → path (of postgres: the folder of its programs)
 */
export async function findPrograms(names) {
  let missing = names.filter((name) => PROGRAMS[name].find() === null);
  if (missing.length > 0) {
    await installWithApt(missing.map((name) => PROGRAMS[name].apt));
    missing = missing.filter((name) => PROGRAMS[name].find() === null);
  }
  if (missing.length > 0) {
    throw new SetupError(`Missing for the tests: ${missing.map((name) => PROGRAMS[name].what).join('; ')}.`);
  }
  return Object.fromEntries(names.map((name) => [name, PROGRAMS[name].find()]));
}

function findPostgres() {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES).sort((a, b) => b - a) : [];
  const folders = [...versions.map((version) => path.join(DEBIAN_POSTGRES, version, 'bin')), ...searchPath()];
  return (
    folders.find((folder) => ['initdb', 'postgres'].every((name) => isProgram(path.join(folder, name)))) ||
    null
  );
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = [
    process.env.CHROMIUM_PATH,
    ...searchPath().flatMap((folder) => names.map((name) => path.join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  return candidates.find((file) => file && isProgram(file)) || null;
}

function searchPath() {
  return (process.env.PATH || '').split(path.delimiter).filter((folder) => folder !== '');
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As root, and in CI also where sudo asks for no password. What fails is seen by what is still missing then. */
async function installWithApt(packages) {
  const apt = searchPath()
    .map((folder) => path.join(folder, 'apt-get'))
    .find(isProgram);
  if (apt === undefined) return;
  const isRoot = process.getuid() === 0;
  if (!isRoot && (process.env.CI === undefined || (await runTool('sudo', ['-n', 'true'])).code !== 0)) return;
  // RUNLEVEL=1 keeps the packages from starting their services.
  const prefix = [
    ...(isRoot ? [] : ['sudo', '-n']),
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'RUNLEVEL=1',
    apt,
  ];
  const run = (...args) => runTool(prefix[0], [...prefix.slice(1), ...args]);
  process.stdout.write(`Installing ${packages.join(' and ')} with apt-get (only the tests need it) …\n`);
  await run('update', '-qq');
  const { code, output } = await run('install', '-y', '-qq', '--no-install-recommends', ...packages);
  if (code !== 0) process.stderr.write(output);
}

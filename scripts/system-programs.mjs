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
  redis: {
    what: 'a Redis server (apt-get install redis-server)',
    apt: 'redis-server',
    find: () => findOnPath('redis-server'),
  },
  chromium: {
    what: 'Chromium (apt-get install chromium, or set CHROMIUM_PATH)',
    apt: 'chromium',
    find: findChromium,
  },
  promtool: {
    what: 'the program promtool of Prometheus (apt-get install prometheus)',
    apt: 'prometheus',
    find: () => findOnPath('promtool'),
  },
  nginx: {
    what: 'the proxy nginx (apt-get install nginx)',
    apt: 'nginx',
    find: findNginx,
  },
  unshare: linuxProgram('unshare', 'util-linux'),
  flock: linuxProgram('flock', 'util-linux'),
  mount: linuxProgram('mount', 'mount'),
  fincore: linuxProgram('fincore', 'util-linux-extra'),
  pgrep: linuxProgram('pgrep', 'procps'),
  tini: linuxProgram('tini', 'tini'),
  shellcheck: {
    what: 'shellcheck (apt-get install shellcheck)',
    apt: 'shellcheck',
    find: () => findOnPath('shellcheck'),
  },
};

/** Elsewhere the tests that call it are left out, or the system brings it along. */
function linuxProgram(name, apt) {
  const isNeeded = process.platform === 'linux';
  return {
    what: `the program ${name} (apt-get install ${apt})`,
    apt,
    find: () => (isNeeded ? findOnPath(name) : name),
  };
}

/** @returns {string | null} */
export function findOnPath(name) {
  return (
    searchPath()
      .map((folder) => path.join(folder, name))
      .find(isProgram) || null
  );
}

/**
 * Finds the named programs, installing with apt what is missing where that is allowed.
 *
 * @returns {Promise<Record<string, string>>} name → path (of postgres: the folder of its programs)
 */
export async function findPrograms(names) {
  let missing = names.filter((name) => PROGRAMS[name].find() === null);
  if (missing.length > 0) {
    await installWithApt([...new Set(missing.map((name) => PROGRAMS[name].apt))]);
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

/** Debian puts it where only the search path of root leads. */
function findNginx() {
  const file = '/usr/sbin/nginx';
  return findOnPath('nginx') || (isProgram(file) ? file : null);
}

function searchPath() {
  return (process.env.PATH || '').split(path.delimiter).filter((folder) => folder !== '');
}

export function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As root, or by sudo where that asks for no password. What fails is seen by what is still missing then. */
async function installWithApt(packages) {
  const apt = findOnPath('apt-get');
  if (apt === null) return;
  // RUNLEVEL=1 keeps the packages from starting their services.
  const settings = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  const [program, ...prefix] = [...(process.getuid() === 0 ? [] : ['sudo', '-n']), ...settings, apt];
  const run = (...args) => runTool(program, [...prefix, ...args]);
  if ((await run('--version')).code !== 0) return;
  process.stdout.write(`Installing ${packages.join(' and ')} with apt-get (only the tests need it) …\n`);
  await run('update', '-qq');
  // One by one: a name that this system does not know would keep out the others too.
  for (const name of packages) {
    const { code, output } = await run('install', '-y', '-qq', '--no-install-recommends', name);
    if (code !== 0) process.stderr.write(output);
  }
}

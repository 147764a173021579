import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** All that a start builds from, and the sample that the documents send. */
const SOURCES = [
  'src',
  'libs',
  'web',
  'scripts',
  'docs/samples',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  '.swcrc',
  '.gitignore',
];
const BUILT = [
  'dist',
  'libs/whisper-engine/dist',
  'libs/whisper-engine/types',
  'libs/client-sdk/dist',
  'web/dist',
];
const NO_SOURCES = new Set(['node_modules', 'dist', '.svelte-kit', '.vite']);
const MIGRATIONS = 'src/platform/database/migrations';
const MIGRATION = `import { Migration } from '@mikro-orm/migrations';

export class Migration999Next extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table jobs add column of_the_next_version text');
    this.addSql('create table things_of_the_next_version (id uuid primary key)');
  }
}
`;
const execute = promisify(execFile);

/** A repository with this version under one tag and, under another, one that changes the schema; and a checkout of the first. */
export class TwoVersions {
  private constructor(
    private readonly folder: string,
    readonly checkout: string,
  ) {}

  static async make(before: string, after: string): Promise<TwoVersions> {
    const folder = await mkdtemp(path.join(tmpdir(), 'two-versions-'));
    const origin = path.join(folder, 'origin');
    await copySources(origin);
    await git(origin, 'init', '--quiet');
    await tag(origin, before);
    const checkout = path.join(folder, 'checkout');
    await git(folder, 'clone', '--quiet', '--branch', before, origin, checkout);
    await addVersion(origin, after);
    await tag(origin, after);
    await prepare(checkout);
    return new TwoVersions(folder, checkout);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

async function copySources(origin: string): Promise<void> {
  for (const name of SOURCES)
    await cp(path.join(ROOT, name), path.join(origin, name), {
      recursive: true,
      filter: (file) =>
        !path
          .relative(ROOT, file)
          .split(path.sep)
          .slice(1)
          .some((part) => NO_SOURCES.has(part)),
    });
}

/** What is not in the repository: packages, models, and what is built of this version already. */
async function prepare(checkout: string): Promise<void> {
  for (const name of ['node_modules', 'models'])
    await symlink(path.join(ROOT, name), path.join(checkout, name));
  for (const name of BUILT) {
    await mkdir(path.dirname(path.join(checkout, name)), { recursive: true });
    await cp(path.join(ROOT, name), path.join(checkout, name), { recursive: true });
  }
}

async function addVersion(origin: string, version: string): Promise<void> {
  await change(origin, 'package.json', (text) =>
    text.replace(/"version": "[^"]+"/, `"version": "${version.slice(1)}"`),
  );
  await writeFile(path.join(origin, MIGRATIONS, 'migration-999-next.ts'), MIGRATION);
  await change(
    origin,
    `${MIGRATIONS}/migrations.ts`,
    (text) =>
      `import { Migration999Next } from './migration-999-next.js';\n${text}\nMIGRATIONS.push({ name: '999-next', class: Migration999Next });\n`,
  );
}

async function change(origin: string, name: string, edit: (text: string) => string): Promise<void> {
  const file = path.join(origin, name);
  await writeFile(file, edit(await readFile(file, 'utf8')));
}

async function tag(origin: string, name: string): Promise<void> {
  const author = ['-c', 'user.name=Tests', '-c', 'user.email=tests@localhost'];
  await git(origin, 'add', '--all');
  await git(origin, ...author, 'commit', '--quiet', '--message', name);
  await git(origin, ...author, 'tag', '--annotate', '--message', name, name);
}

async function git(folder: string, ...args: string[]): Promise<void> {
  await execute('git', args, { cwd: folder });
}

import { appendFile, copyFile, cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BuiltCommand } from '../built-command.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const MIGRATIONS = 'dist/platform/database/migrations';

const MIGRATION = `
import { Migration } from '@mikro-orm/migrations';
export class MigrationNext extends Migration {
  async up() {
    this.addSql('alter table jobs add column of_the_next_version text');
    this.addSql('alter table media_files add column of_the_next_version integer not null default 0');
    this.addSql('create table things_of_the_next_version (id uuid primary key)');
  }
}
`;
const ENTRY = `
import { MigrationNext } from './migration-next.js';
MIGRATIONS.push({ name: '999-next', class: MigrationNext });
`;

/** The built service with one migration more, which adds to tables that are used all the time. */
export class NextVersion {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<NextVersion> {
    const folder = await mkdtemp(path.join(tmpdir(), 'next-version-'));
    await Promise.all([
      cp(path.join(ROOT, 'dist'), path.join(folder, 'dist'), { recursive: true }),
      copyFile(path.join(ROOT, 'package.json'), path.join(folder, 'package.json')),
      symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules')),
    ]);
    await writeFile(path.join(folder, MIGRATIONS, 'migration-next.js'), MIGRATION);
    await appendFile(path.join(folder, MIGRATIONS, 'migrations.js'), ENTRY);
    return new NextVersion(folder);
  }

  /** Its program that brings the schema up to date. */
  migrate(databaseUrl: string): BuiltCommand {
    const program = path.relative(ROOT, path.join(this.folder, 'dist/main.migrate.js'));
    return new BuiltCommand('migrate', program, [], { DATABASE_URL: databaseUrl });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

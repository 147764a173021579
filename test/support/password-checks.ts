import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Counts, in a service of its own process, how often a password is held to a hash: what is slow when signing in. */
export class PasswordChecks {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<PasswordChecks> {
    return new PasswordChecks(await mkdtemp(path.join(tmpdir(), 'password-checks-')));
  }

  /** For the service that is to be counted in. */
  get env(): Readonly<Record<string, string>> {
    const counter = pathToFileURL(path.join(import.meta.dirname, 'count-password-checks.mjs'));
    counter.searchParams.set('into', this.file);
    return { NODE_OPTIONS: `--import=${counter.href}` };
  }

  /** What each check so far worked with, in their order. */
  async list(): Promise<string[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean);
  }

  /** What the checks during an act worked with. */
  async during(act: () => Promise<unknown>): Promise<string[]> {
    const before = await this.list();
    await act();
    return (await this.list()).slice(before.length);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  private get file(): string {
    return path.join(this.folder, 'checks');
  }
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What can be counted: `count-….mjs` writes a line for each. */
type Counted = 'password-checks' | 'statements';

/** Counts, in a service of its own process, how often it does something. */
export class CountedCalls {
  private constructor(
    private readonly counted: Counted,
    private readonly folder: string,
  ) {}

  static async open(counted: Counted): Promise<CountedCalls> {
    return new CountedCalls(counted, await mkdtemp(path.join(tmpdir(), `${counted}-`)));
  }

  /** For NODE_OPTIONS of the service that is to be counted in. */
  get nodeOption(): string {
    const counter = pathToFileURL(path.join(import.meta.dirname, `count-${this.counted}.mjs`));
    counter.searchParams.set('into', this.file);
    return `--import=${counter.href}`;
  }

  /** What each call so far was, in their order. */
  async list(): Promise<string[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean);
  }

  /** What the calls during an act were. */
  async during(act: () => Promise<unknown>): Promise<string[]> {
    const before = await this.list();
    await act();
    return (await this.list()).slice(before.length);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  private get file(): string {
    return path.join(this.folder, 'calls');
  }
}

import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { wait } from '../patience.js';
import { isBeingWritten } from './being-written.js';
import { UsageError } from './exit-codes.js';
import { findRecordings, type Input } from './inputs.js';
import { xdgFolder } from './settings-file.js';

const LOOK_AGAIN_MS = 1000;
/** A file that has not grown for so many looks is complete. */
const LOOKS_UNCHANGED = 3;

/** A recording that is sent once, however often it is begun. */
export type WatchedInput = Input & { readonly idempotencyKey?: string };

interface Watched {
  readonly folder: string;
  readonly serviceUrl: string;
  readonly signal: AbortSignal;
}

/**
 * Takes each recording of a folder once, when it is complete, until the signal ends it. Which ones were taken outlives the process.
 * @param take false for what is to be tried again
 * @throws UsageError when there is no such folder
 * @throws the reason of the signal
 */
export async function watchFolder(
  { folder, serviceUrl, signal }: Watched,
  take: (input: WatchedInput) => Promise<boolean>,
): Promise<never> {
  const place = await realpath(folder).catch(() => null);
  if (place === null || !(await stat(place)).isDirectory())
    throw new UsageError(`There is no folder ${folder}.`);
  const ledger = await Ledger.open();
  const steady = new Map<string, { state: string; looks: number }>();
  for (;;) {
    for (const input of await findRecordings(folder)) {
      const state = await stateOf(input.name);
      if (state === null) continue;
      const before = steady.get(input.name);
      const looks = before?.state === state ? before.looks + 1 : 0;
      steady.set(input.name, { state, looks });
      const key = keyOf([serviceUrl, place, path.relative(folder, input.name), state]);
      if (looks < LOOKS_UNCHANGED || ledger.has(key) || (await isBeingWritten(input.name))) continue;
      // What comes later may have the same name and another ending.
      const target = input.target + input.ending;
      if (await take({ ...input, target, idempotencyKey: key })) await ledger.add(key);
    }
    await wait(LOOK_AGAIN_MS, signal);
  }
}

/** Null for what is empty, or gone already. */
async function stateOf(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile() || found.size === 0) return null;
  return `${found.size} ${found.mtimeMs}`;
}

function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** What was taken, a line each. */
class Ledger {
  private constructor(
    private readonly file: string,
    private readonly keys: Set<string>,
  ) {}

  static async open(): Promise<Ledger> {
    const folder = xdgFolder('XDG_STATE_HOME');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, 'watched');
    const text = await readFile(file, 'utf8').catch(() => '');
    return new Ledger(file, new Set(text.split('\n')));
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  async add(key: string): Promise<void> {
    this.keys.add(key);
    await appendFile(this.file, `${key}\n`, { mode: 0o600 });
  }
}

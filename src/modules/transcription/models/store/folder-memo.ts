import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A change shows in one of these: files are added, replaced and removed by name; settings, and what says which files they are, are written over. */
const LOOKED_AT = ['', 'onnx', 'config.json', 'generation_config.json', 'model.json', 'SHA256SUMS'];
/** Clocks of file systems are coarse: a folder may change once more at the same time. */
const SETTLED_AFTER_MS = 2000;

/** What was read of model folders, told again as long as they stay as they are: each request asks which models there are. */
export class FolderMemo<T> {
  private readonly known = new Map<string, { readonly stamp: string; readonly value: T }>();

  constructor(
    private readonly read: (dir: string) => Promise<T>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Null when there is no such folder. */
  async of(dir: string): Promise<T | null> {
    if (!existsSync(dir)) {
      this.known.delete(dir);
      return null;
    }
    const { stamp, changedAt } = await lookAt(dir);
    const known = this.known.get(dir);
    if (known?.stamp === stamp) return known.value;
    const isSettled = this.now() - changedAt > SETTLED_AFTER_MS;
    const value = await this.read(dir);
    if (isSettled) this.known.set(dir, { stamp, value });
    else this.known.delete(dir);
    return value;
  }
}

async function lookAt(dir: string): Promise<{ stamp: string; changedAt: number }> {
  const found = await Promise.all(LOOKED_AT.map((name) => stat(join(dir, name)).catch(() => null)));
  return {
    stamp: found.map((entry) => `${entry?.ino}:${entry?.size}:${entry?.mtimeMs}:${entry?.ctimeMs}`).join(),
    changedAt: Math.max(...found.map((entry) => entry?.ctimeMs ?? 0)),
  };
}

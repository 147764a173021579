import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Whisper with made-up weights in the layout of the hub; test/fixtures/models/README.md describes it. */
export const MINIATURE = join(import.meta.dirname, '../../../../test/fixtures/models/whisper-miniature');

/** A copy of the miniature that may be changed. */
export class MiniatureCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'miniature-'));

  constructor() {
    cpSync(MINIATURE, this.folder, { recursive: true });
  }

  remove(...files: readonly string[]): this {
    for (const file of files) rmSync(join(this.folder, file));
    return this;
  }

  /** Copies one file of the copy to another place in it. */
  move(from: string, to: string): this {
    cpSync(join(this.folder, from), join(this.folder, to));
    return this.remove(from);
  }

  write(file: string, content: string): this {
    writeFileSync(join(this.folder, file), content);
    return this;
  }

  edit(file: string, change: Record<string, unknown>): this {
    const content = JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as object;
    return this.write(file, JSON.stringify({ ...content, ...change }));
  }

  delete(): void {
    rmSync(this.folder, { recursive: true });
  }
}

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 240_000;

/** The files of the image, assembled by the script that the image uses. */
export class ProductionTree {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'production-files-'));

  constructor() {
    const script = path.join(ROOT, 'scripts/production-files.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, this.folder], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    if (status !== 0) throw new Error(`The files could not be assembled:\n${stdout}${stderr}`);
    mkdirSync(path.join(this.folder, 'data'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MINIATURE_DIR } from '../miniature-model.js';

/** A folder of models in which the miniature stands for the smallest: for tests of what is around the engine. */
export class MiniatureFolder {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<MiniatureFolder> {
    const folder = await mkdtemp(path.join(tmpdir(), 'models-'));
    await cp(MINIATURE_DIR, path.join(folder, 'whisper-tiny'), { recursive: true });
    return new MiniatureFolder(folder);
  }

  get settings(): Readonly<Record<string, string>> {
    return { MODEL_DIR: this.folder, WHISPER_MODEL: 'tiny' };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectModel, type EngineModel } from '../../engine/model-files.js';
import type { Checkpoint } from '../../../../platform/config/model-names.js';
import { FolderMemo } from './folder-memo.js';
import { parseModelRecord, type ModelRecord } from './model-record.js';

export const BUNDLED_DIR = fileURLToPath(new URL('../../../../../models/', import.meta.url));

/** Written beside a model that was pulled: where its files came from. */
export const RECORD_FILE = 'model.json';

/** A folder with a model that the engine can run. */
export interface ReadyFolder {
  readonly dir: string;
  readonly model: EngineModel;
  /** Part of the service, which never writes to it. */
  readonly bundled: boolean;
  /** Tells one set of files from another: the commit that was pulled, or a digest of the checksums in the folder; null without either. */
  readonly revision: string | null;
}

/** A model, or in words why it is none. */
interface Inspection {
  readonly model: EngineModel | string;
  readonly revision: string | null;
}

/** The model folders of this machine: what people pulled or copied into MODEL_DIR, and what the service brings along. */
export class ModelStore {
  private readonly inspections = new FolderMemo<Inspection>(inspect);

  constructor(readonly modelDir: string) {}

  /** The operator's folder wins over the bundled one, so that a model can be replaced without touching the service. */
  async findReady(checkpoint: Checkpoint): Promise<ReadyFolder | null> {
    for (const root of [this.modelDir, BUNDLED_DIR]) {
      const dir = join(root, folderName(checkpoint));
      const found = await this.inspections.of(dir);
      if (found === null || typeof found.model === 'string') continue;
      return { dir, model: found.model, bundled: root === BUNDLED_DIR, revision: found.revision };
    }
    return null;
  }

  /** Why the folder in MODEL_DIR is no model; null when there is none, or nothing wrong with it. */
  async findDefect(checkpoint: Checkpoint): Promise<string | null> {
    const found = await this.inspections.of(this.ownFolder(checkpoint));
    return typeof found?.model === 'string' ? found.model : null;
  }

  /** Where the model of the operator lies, or would lie. */
  ownFolder(checkpoint: Checkpoint): string {
    return join(this.modelDir, folderName(checkpoint));
  }
}

export function folderName(checkpoint: Checkpoint): string {
  return `whisper-${checkpoint}`;
}

/** Why the engine would not load a model from this folder; null when it would. */
export async function defectOf(dir: string): Promise<string | null> {
  const inspected = await inspectModel(dir);
  return typeof inspected === 'string' ? inspected : null;
}

/** Null for a folder that was not pulled. */
export async function readRecord(dir: string): Promise<ModelRecord | null> {
  return readFile(join(dir, RECORD_FILE), 'utf8').then(parseModelRecord, () => null);
}

async function inspect(dir: string): Promise<Inspection> {
  return { model: await inspectModel(dir), revision: await revisionOf(dir) };
}

async function revisionOf(dir: string): Promise<string | null> {
  const record = await readRecord(dir);
  if (record !== null) return record.commit;
  const sums = await readFile(join(dir, 'SHA256SUMS')).catch(() => null);
  return sums === null ? null : createHash('sha256').update(sums).digest('hex').slice(0, 40);
}

/** What its files occupy; links count as what they lead to. */
export async function folderBytes(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const found = await Promise.all(names.map((name) => stat(join(dir, name)).catch(() => null)));
  return found.reduce((sum, entry) => sum + (entry?.isFile() === true ? entry.size : 0), 0);
}

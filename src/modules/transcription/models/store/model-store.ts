import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Checkpoint } from '../checkpoints.js';
import { CONFIG_FILES, declaredData, findGraphs, type HubConfig, RECORD_FILE } from './model-files.js';
import { parseModelRecord, type ModelRecord } from './model-record.js';

export const BUNDLED_DIR = fileURLToPath(new URL('../../../../../models/', import.meta.url));

/** A folder with a model that the engine can run. */
export interface ReadyFolder {
  readonly dir: string;
  /** ISO codes that it knows; empty for one that knows English only. */
  readonly languages: readonly string[];
  /** Part of the service, which never writes to it. */
  readonly bundled: boolean;
}

/** The model folders of this machine: what people pulled or copied into MODEL_DIR, and what the service brings along. */
export class ModelStore {
  constructor(readonly modelDir: string) {}

  /** The operator's folder wins over the bundled one, so that a model can be replaced without touching the service. */
  findReady(checkpoint: Checkpoint): ReadyFolder | null {
    for (const root of [this.modelDir, BUNDLED_DIR]) {
      const dir = join(root, folderName(checkpoint));
      const inspected = inspectFolder(dir);
      if (typeof inspected !== 'string') {
        return { dir, languages: inspected.languages, bundled: root === BUNDLED_DIR };
      }
    }
    return null;
  }

  /** Why the folder in MODEL_DIR is no model; null when there is none, or nothing wrong with it. */
  findDefect(checkpoint: Checkpoint): string | null {
    const dir = this.ownFolder(checkpoint);
    return existsSync(dir) ? defectOf(dir) : null;
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
export function defectOf(dir: string): string | null {
  const inspected = inspectFolder(dir);
  return typeof inspected === 'string' ? inspected : null;
}

/** What is missing for the engine to load it, in words; of a whole model its languages. */
function inspectFolder(dir: string): { languages: string[] } | string {
  const lacks = (path: string): boolean => !existsSync(join(dir, path));
  const missing = CONFIG_FILES.filter(lacks);
  if (missing.length > 0) return describeMissing(missing);
  const choice = findGraphs((path) => !lacks(path));
  if (choice === null) {
    return 'The graphs are missing: encoder_model and decoder_model_merged of one precision, in the folder onnx.';
  }
  try {
    const config = readJson(dir, 'config.json') as HubConfig;
    const data = choice.graphs.flatMap((graph) => declaredData(graph, config));
    const missingToo = [...choice.companions, ...data].filter(lacks);
    return missingToo.length > 0 ? describeMissing(missingToo) : { languages: readLanguages(dir) };
  } catch {
    return 'config.json or generation_config.json cannot be read.';
  }
}

function describeMissing(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} missing.`;
}

/** The codes of `lang_to_id`, whose keys look like `<|en|>`. */
function readLanguages(dir: string): string[] {
  const config = readJson(dir, 'generation_config.json') as { lang_to_id?: Record<string, number> };
  return Object.keys(config.lang_to_id ?? {}).map((token) => token.slice(2, -2));
}

function readJson(dir: string, name: string): unknown {
  return JSON.parse(readFileSync(join(dir, name), 'utf8'));
}

/** Null for a folder that was not pulled. */
export async function readRecord(dir: string): Promise<ModelRecord | null> {
  return readFile(join(dir, RECORD_FILE), 'utf8').then(parseModelRecord, () => null);
}

/** What its files occupy; links count as what they lead to. */
export async function folderBytes(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const found = await Promise.all(names.map((name) => stat(join(dir, name)).catch(() => null)));
  return found.reduce((sum, entry) => sum + (entry?.isFile() === true ? entry.size : 0), 0);
}

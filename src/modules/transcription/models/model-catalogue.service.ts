import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { isModelName, MODEL_NAMES, type ModelName } from '../../../platform/config/model-names.js';
import { AppError } from '../../../platform/errors/app-error.js';

const BUNDLED_DIR = fileURLToPath(new URL('../../../../models/', import.meta.url));
const ALIASES: Partial<Record<ModelName, ModelName>> = { large: 'large-v3' };
/** The file without which a folder is no model that the engine can run. */
const DECODER = join('onnx', 'decoder_step_int8.onnx');

export type ModelState = 'available' | 'ready';

/** A model that is on this machine. */
export interface ReadyModel {
  readonly name: ModelName;
  readonly dir: string;
  /** ISO codes that it knows; empty for one that knows English only. */
  readonly languages: readonly string[];
}

export interface ModelView {
  readonly name: ModelName;
  readonly state: ModelState;
  readonly multilingual: boolean;
  readonly aliasOf: ModelName | null;
}

/** Which models exist, which are on this machine, and which one a request gets. */
@Injectable()
export class ModelCatalogueService {
  private readonly roots: readonly string[];

  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {
    this.roots = config.models.extraDir === null ? [BUNDLED_DIR] : [config.models.extraDir, BUNDLED_DIR];
  }

  list(): ModelView[] {
    return MODEL_NAMES.map((name) => ({
      name,
      state: this.findDir(name) === null ? 'available' : 'ready',
      multilingual: !name.endsWith('.en'),
      aliasOf: ALIASES[name] ?? null,
    }));
  }

  /**
   * The model for a request: the one that it names, never another; for a request that names none the preferred one if it is ready, else
   * the largest that is, multilingual ones first.
   *
   * @throws AppError model_unknown, model_not_ready
   */
  resolve(requested: string | undefined): ReadyModel {
    return requested === undefined ? this.resolveDefault() : this.getReady(requested);
  }

  /** Where the voice activity model lies, which all models use. */
  get vadPath(): string {
    return join(BUNDLED_DIR, 'silero-vad', 'silero_vad_v6.onnx');
  }

  private getReady(requested: string): ReadyModel {
    if (!isModelName(requested)) {
      throw new AppError('model_unknown', `The model must be one of ${MODEL_NAMES.join(', ')}.`);
    }
    const ready = this.findReady(requested);
    if (ready === null) {
      throw new AppError(
        'model_not_ready',
        `The model "${requested}" is not on this machine. Ready: ${this.readyNames().join(', ')}.`,
      );
    }
    return ready;
  }

  private resolveDefault(): ReadyModel {
    const bySizeThenLanguages = MODEL_NAMES.toReversed().sort(
      (a, b) => Number(a.endsWith('.en')) - Number(b.endsWith('.en')),
    );
    for (const name of [this.config.models.preferred, ...bySizeThenLanguages]) {
      const ready = this.findReady(name);
      if (ready !== null) return ready;
    }
    throw new AppError('model_not_ready', 'There is no model on this machine.');
  }

  private readyNames(): ModelName[] {
    return MODEL_NAMES.filter((name) => this.findDir(name) !== null);
  }

  private findReady(name: ModelName): ReadyModel | null {
    const dir = this.findDir(name);
    return dir === null ? null : { name, dir, languages: readLanguages(dir) };
  }

  private findDir(name: ModelName): string | null {
    const folder = `whisper-${ALIASES[name] ?? name}`;
    return this.roots.map((root) => join(root, folder)).find((dir) => existsSync(join(dir, DECODER))) ?? null;
  }
}

/** The codes of `lang_to_id`, whose keys look like `<|en|>`. */
function readLanguages(modelDir: string): string[] {
  const config = JSON.parse(readFileSync(join(modelDir, 'generation_config.json'), 'utf8')) as {
    lang_to_id?: Record<string, number>;
  };
  return Object.keys(config.lang_to_id ?? {}).map((token) => token.slice(2, -2));
}

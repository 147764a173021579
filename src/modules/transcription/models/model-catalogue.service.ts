import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import {
  checkpointOf,
  isModelName,
  MODEL_NAMES,
  type ModelName,
} from '../../../platform/config/model-names.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { memoryOf, type ModelMemory } from '../engine/model-files.js';
import { BUNDLED_DIR, ModelStore } from './store/model-store.js';

/** A model that is on this machine. */
export interface ReadyModel {
  readonly name: ModelName;
  readonly dir: string;
  /** Which files they are: the commit on the hub, or a digest of the checksums beside them; null where there is neither. */
  readonly revision: string | null;
  /** ISO codes that it knows; empty for one that knows English only. */
  readonly languages: readonly string[];
  /** Null where another process transcribes. */
  readonly memory: ModelMemory | null;
}

const GB = 1e9;

/** Which of the models on this machine a request gets. */
@Injectable()
export class ModelCatalogueService {
  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly store: ModelStore,
  ) {}

  /**
   * The model for a request: the one that it names, never another; for a request that names none the default.
   *
   * @throws AppError model_unknown, model_not_ready, model_too_large
   */
  async resolve(requested: string | undefined): Promise<ReadyModel> {
    const model = requested === undefined ? await this.getDefault() : await this.getReady(requested);
    assertFits(model);
    return model;
  }

  /**
   * The preferred model if it is ready and fits into memory, else the largest multilingual one that does; one that does not fit where none
   * does. Nobody gets a model that knows English only without having asked for it, as long as there is another.
   *
   * @throws AppError model_not_ready
   */
  async getDefault(): Promise<ReadyModel> {
    const { preferred } = this.config.models;
    const ready = await this.findAllReady([preferred, ...MODEL_NAMES.toReversed()]);
    const suitable = ready.filter(({ name }) => name === preferred || !name.endsWith('.en'));
    const choice = suitable.length > 0 ? suitable : ready;
    const model = choice.find(fits) ?? choice.at(-1);
    if (model !== undefined) return model;
    throw new AppError('model_not_ready', 'There is no model on this machine.');
  }

  /** Where the voice activity model lies, which all models use. */
  get vadPath(): string {
    return join(BUNDLED_DIR, 'silero-vad', 'silero_vad_v6.onnx');
  }

  /** Where the models lie that tell speakers apart. */
  get diarizationDir(): string {
    return join(BUNDLED_DIR, 'speaker-diarization');
  }

  private async getReady(requested: string): Promise<ReadyModel> {
    if (!isModelName(requested)) {
      throw new AppError('model_unknown', `The model must be one of ${MODEL_NAMES.join(', ')}.`);
    }
    const ready = await this.findReady(requested);
    if (ready === null) {
      throw new AppError(
        'model_not_ready',
        `The model "${requested}" is not on this machine. Ready: ${(await this.readyNames()).join(', ')}.`,
      );
    }
    return ready;
  }

  private async readyNames(): Promise<ModelName[]> {
    return (await this.findAllReady(MODEL_NAMES)).map(({ name }) => name);
  }

  private async findAllReady(names: readonly ModelName[]): Promise<ReadyModel[]> {
    const found = await Promise.all(names.map((name) => this.findReady(name)));
    return found.filter((model) => model !== null);
  }

  private async findReady(name: ModelName): Promise<ReadyModel | null> {
    const folder = await this.store.findReady(checkpointOf(name));
    if (folder === null) return null;
    const { dir, model, revision } = folder;
    return { name, dir, revision, languages: model.languages, memory: memoryOf(model, this.config.worker) };
  }
}

function fits({ memory }: ReadyModel): boolean {
  return memory?.fits !== false;
}

function assertFits({ name, memory }: ReadyModel): void {
  if (memory?.fits !== false) return;
  const [needed, allowed] = [memory.neededBytes, memory.allowedBytes].map((bytes) => (bytes / GB).toFixed(2));
  throw new AppError(
    'model_too_large',
    `The model "${name}" needs ${needed} GB of memory; on this machine it may use ${allowed}.`,
  );
}

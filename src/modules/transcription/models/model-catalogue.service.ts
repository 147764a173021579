import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { isModelName, MODEL_NAMES, type ModelName } from '../../../platform/config/model-names.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { checkpointOf } from './checkpoints.js';
import { BUNDLED_DIR, ModelStore } from './store/model-store.js';

/** A model that is on this machine. */
export interface ReadyModel {
  readonly name: ModelName;
  readonly dir: string;
  /** ISO codes that it knows; empty for one that knows English only. */
  readonly languages: readonly string[];
}

/** Which of the models on this machine a request gets. */
@Injectable()
export class ModelCatalogueService {
  /** Folders of models that turned out not to fit into memory. */
  private readonly tooLarge = new Set<string>();

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly store: ModelStore,
  ) {}

  /**
   * The model for a request: the one that it names, never another; for a request that names none the preferred one if it is ready, else
   * the largest that is, multilingual ones first; one that does not fit only where none does.
   *
   * @throws AppError model_unknown, model_not_ready
   */
  resolve(requested: string | undefined): Promise<ReadyModel> {
    return requested === undefined ? this.resolveDefault() : this.getReady(requested);
  }

  /** From now on the model is no default, as long as there is another. False where that was known. */
  noteTooLarge({ dir }: Pick<ReadyModel, 'dir'>): boolean {
    const isNew = !this.tooLarge.has(dir);
    this.tooLarge.add(dir);
    return isNew;
  }

  /** Where the voice activity model lies, which all models use. */
  get vadPath(): string {
    return join(BUNDLED_DIR, 'silero-vad', 'silero_vad_v6.onnx');
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

  private async resolveDefault(): Promise<ReadyModel> {
    const bySizeThenLanguages = MODEL_NAMES.toReversed().sort(
      (a, b) => Number(a.endsWith('.en')) - Number(b.endsWith('.en')),
    );
    const ready = await this.findAllReady([this.config.models.preferred, ...bySizeThenLanguages]);
    const model = ready.find(({ dir }) => !this.tooLarge.has(dir)) ?? ready.at(-1);
    if (model !== undefined) return model;
    throw new AppError('model_not_ready', 'There is no model on this machine.');
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
    return folder === null ? null : { name, dir: folder.dir, languages: folder.model.languages };
  }
}

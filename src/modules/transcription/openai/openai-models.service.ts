import { Injectable } from '@nestjs/common';
import { isModelName, type ModelName } from '../../../platform/config/model-names.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { ModelCatalogueService } from '../models/model-catalogue.service.js';
import { ModelsService } from '../models/models.service.js';

/** Names of models of OpenAI's own service. They stand for the default model, so that programs that know no other names work. */
const ALIASES = [
  'whisper-1',
  'gpt-transcribe',
  'gpt-4o-transcribe',
  'gpt-4o-transcribe-diarize',
  'gpt-4o-mini-transcribe',
  'gpt-4o-mini-transcribe-2025-03-20',
  'gpt-4o-mini-transcribe-2025-12-15',
];

/** Repositories on the hub that hold a Whisper model in some form. */
const HUB_NAME =
  /^(?:openai|onnx-community|xenova|systran|guillaumekln)\/(?:faster-)?whisper-(?<name>[\w.-]+?)(?:_timestamped|-onnx)?$/i;

/** The first Whisper: what clients sort by, for models that nobody pulled. */
const RELEASED = Date.UTC(2022, 8, 21) / 1000;
const RETRY_AFTER_SECONDS = 30;

/** A model as the OpenAI API lists it. */
export interface OpenAiModelView {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** The models of this machine under all the names that clients of the OpenAI API have for them. */
@Injectable()
export class OpenAiModelsService {
  constructor(
    private readonly catalogue: ModelCatalogueService,
    private readonly models: ModelsService,
  ) {}

  /**
   * Our name of the model that a client names; undefined: the default one.
   *
   * @throws AppError model_unknown, model_loading
   */
  async resolve(requested: string): Promise<ModelName | undefined> {
    const name = nameOf(requested);
    if (name === null) throw unknown(requested);
    if (name !== undefined && (await this.models.get(name)).state === 'downloading')
      throw new AppError('model_loading', `The model "${requested}" is being downloaded.`, {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    return name;
  }

  /** Those that can be used, under our names and under those of OpenAI's own service. */
  async list(): Promise<readonly OpenAiModelView[]> {
    const ready = (await this.models.list()).filter(({ state }) => state === 'ready');
    const own = ready.map(({ name, pulledAt }) => ({ id: name, created: secondsOf(pulledAt) }));
    const { name: usual } = await this.catalogue.getDefault();
    const created = own.find(({ id }) => id === usual)?.created ?? RELEASED;
    return [...own, ...ALIASES.map((id) => ({ id, created }))];
  }

  /** @throws AppError model_unknown, model_loading, model_not_ready */
  async get(requested: string): Promise<OpenAiModelView> {
    const model = await this.catalogue.resolve(await this.resolve(requested));
    const { pulledAt } = await this.models.get(model.name);
    return { id: requested, created: secondsOf(pulledAt) };
  }
}

/** Undefined: the default one; null: there is none of this name. */
function nameOf(requested: string): ModelName | undefined | null {
  if (ALIASES.includes(requested)) return undefined;
  if (isModelName(requested)) return requested;
  const name = HUB_NAME.exec(requested)?.groups?.['name']?.toLowerCase() ?? '';
  // On the hub it is the first large one, which is none of ours.
  return isModelName(name) && name !== 'large' ? name : null;
}

function unknown(requested: string): AppError {
  return new AppError(
    'model_unknown',
    `The model '${requested.slice(0, 100)}' does not exist or is not on this machine. GET /v1/models lists those that are.`,
  );
}

function secondsOf(pulledAt: string | null): number {
  return pulledAt === null ? RELEASED : Math.floor(Date.parse(pulledAt) / 1000);
}

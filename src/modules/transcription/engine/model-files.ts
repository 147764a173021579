import {
  chooseHubModel,
  describeModel,
  EngineError,
  leastMemory,
  type ModelDescription,
} from '@whisper-transcriber/engine/models';
import type { AppConfig } from '../../../platform/config/app-config.js';

/** What the engine knows of a model before it loads it. */
export type EngineModel = ModelDescription;

/** What the engine needs at least to run a model, and what it may have. */
export interface ModelMemory {
  readonly fits: boolean;
  readonly neededBytes: number;
  readonly allowedBytes: number;
}

/** The model in a folder; in words what keeps the engine from loading it. */
export async function inspectModel(dir: string): Promise<EngineModel | string> {
  return describeModel(dir).catch(toDefect);
}

/** Null where another process transcribes: of its memory nothing is known here. */
export function memoryOf(
  model: EngineModel,
  { embedded, memoryBytes }: AppConfig['worker'],
): ModelMemory | null {
  if (!embedded) return null;
  const { neededBytes, allowedBytes } = leastMemory(model, memoryBytes ?? undefined);
  return { fits: neededBytes <= allowedBytes, neededBytes, allowedBytes };
}

/** Those of the files of a repository that the engine needs; in words what is missing. */
export function chooseModelFiles(paths: Iterable<string>): readonly string[] | string {
  try {
    return chooseHubModel(new Set(paths));
  } catch (error) {
    return toDefect(error);
  }
}

/** Messages of the engine name files, never paths, and begin in the middle of a sentence; names of files stay as they are. */
function toDefect(error: unknown): string {
  if (!(error instanceof EngineError)) throw error;
  return `${error.message.replace(/^the/, 'The')}.`;
}

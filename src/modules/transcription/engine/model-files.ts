import { chooseHubModel, describeModel, EngineError } from '@whisper-transcriber/engine/models';

/** What the engine knows of a model before it loads it. */
export interface EngineModel {
  /** ISO codes that it knows; empty for one that knows English only. */
  readonly languages: readonly string[];
}

/** The model in a folder; in words what keeps the engine from loading it. */
export async function inspectModel(dir: string): Promise<EngineModel | string> {
  return describeModel(dir).catch(toDefect);
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

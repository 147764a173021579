import { AppError } from '../../../../platform/errors/app-error.js';
import type { HubFile } from '../hub/hub-listing.js';
import { CONFIG_FILES, findHubGraphs, isExternalData } from '../store/model-files.js';

/** What is to be fetched for a model, all of one commit. */
export interface PullPlan {
  readonly repository: string;
  readonly revision: string;
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/**
 * The files of a repository that make a model: its JSON files and the graphs of one precision, q8 if there is one.
 *
 * @throws AppError hub_file_missing when they are not all there
 */
export function chooseFiles(repository: string, listed: readonly HubFile[]): HubFile[] {
  const byPath = new Map(listed.map((file) => [file.path, file]));
  const choice = findHubGraphs((path) => byPath.has(path));
  if (choice === null) throw missing(repository, 'an encoder and a merged decoder of one precision');
  const { graphs, companions } = choice;
  const named = [...CONFIG_FILES, ...companions, ...graphs].map((path) => {
    const file = byPath.get(path);
    if (file === undefined) throw missing(repository, path);
    return file;
  });
  return [...named, ...listed.filter(({ path }) => graphs.some((graph) => isExternalData(path, graph)))];
}

function missing(repository: string, what: string): AppError {
  return new AppError('hub_file_missing', `The repository ${repository} does not have ${what}.`);
}

export function totalBytes(plan: PullPlan): number {
  return plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

import { AppError } from '../../../../platform/errors/app-error.js';
import { chooseModelFiles } from '../../engine/model-files.js';
import type { HubFile } from '../hub/hub-listing.js';

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
  const chosen = chooseModelFiles(byPath.keys());
  if (typeof chosen === 'string') throw noModel(repository, chosen);
  return chosen.flatMap((path) => byPath.get(path) ?? []);
}

export function noModel(repository: string, defect: string): AppError {
  return new AppError('hub_file_missing', `What ${repository} has makes no model: ${defect}`);
}

export function totalBytes(plan: PullPlan): number {
  return plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

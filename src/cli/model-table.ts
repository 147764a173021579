import type { ModelView } from '../modules/transcription/models/model.view.js';

const COMMIT_DIGITS = 8;

/** The list for people, in columns. */
export function renderModelTable(models: readonly ModelView[]): string {
  const rows = models.map((model) => [model.name, model.state, sizeOf(model), remarkOf(model)]);
  const all = [['NAME', 'STATE', 'SIZE', 'REMARK'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function sizeOf({ sizeBytes }: ModelView): string {
  return sizeBytes === null ? '' : `${megabytes(sizeBytes)} MB`;
}

function remarkOf(model: ModelView): string {
  if (model.aliasOf !== null) return `the same as ${model.aliasOf}`;
  const { error, memory, progress, reason, revision, commit } = model;
  if (error !== null) return `${error.code}: ${error.detail}`;
  if (reason !== null) return `the folder is no model: ${reason}`;
  if (model.state === 'downloading' && progress !== null)
    return `${megabytes(progress.doneBytes)} MB are here`;
  if (memory?.fits === false) {
    return `does not fit: needs ${megabytes(memory.neededBytes)} MB of memory, may use ${megabytes(memory.allowedBytes)}`;
  }
  if (model.bundled) return 'bundled';
  if (model.state !== 'ready') return '';
  return commit === null ? 'copied by hand' : `${revision ?? ''} at ${commit.slice(0, COMMIT_DIGITS)}`;
}

/** Decimal, as disks and networks are counted. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

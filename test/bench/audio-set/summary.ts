import path from 'node:path';
import { markdownTable, percent } from '../markdown.js';
import { errorRate, type ErrorCount } from '../measures/error-rate.js';
import type { ManifestEntry } from './manifest.js';
import type { Trial } from './trial.js';

/** One line a group of files: what the manifest allows, languages, error rates, time. */
export function summaryTable(trials: readonly Trial[]): string {
  const names = new Set(trials.map(({ entry }) => groupOf(entry)));
  const rows = [...names].sort().map((name) =>
    summaryRow(
      name,
      trials.filter(({ entry }) => groupOf(entry) === name),
    ),
  );
  return markdownTable(
    ['group', 'files', 'treated as allowed', 'language right', 'error rate', 'audio', 'wall'],
    rows,
  );
}

/** All files whose treatment or text somebody should look at. */
export function surprises(trials: readonly Trial[]): string[] {
  return trials.flatMap(({ entry, treatment, allowed, remarks }) => {
    const wrong = allowed ? [] : [`NOT ALLOWED: ${treatment}, expected "${entry.expected}"`];
    const all = [...wrong, ...remarks];
    return all.length === 0 ? [] : [`${entry.path}: ${all.join('; ')}`];
  });
}

/** One line a file that was turned away or is hard, as groups of such files say little. */
export function fileTable(trials: readonly Trial[]): string {
  const rows = trials
    .filter(({ entry }) => entry.kind === 'bad' || entry.kind === 'speech-hard')
    .map(({ entry, treatment, errors }) => [
      `\`${entry.path}\``,
      treatment,
      errors === null ? '' : rateAndUnit([errors]),
    ]);
  return markdownTable(['file', 'treatment', 'error rate'], rows);
}

function groupOf({ kind, path: name, language }: ManifestEntry): string {
  if (kind !== 'speech') return GROUP_NAMES[kind];
  return path.dirname(name) === '.' ? path.basename(name) : `clips, ${language ?? 'without language'}`;
}

const GROUP_NAMES = {
  'speech-hard': 'hard speech',
  'non-speech': 'no speech',
  format: 'formats',
  bad: 'bad files',
} as const;

function summaryRow(name: string, trials: readonly Trial[]): string[] {
  const languages = trials.map(({ language }) => language).filter((language) => language !== null);
  const errors = trials.map((trial) => trial.errors).filter((count) => count !== null);
  const sum = (value: (trial: Trial) => number): number =>
    trials.reduce((total, trial) => total + value(trial), 0);
  return [
    name,
    `${trials.length}`,
    `${trials.filter(({ allowed }) => allowed).length}`,
    languages.length === 0 ? '' : `${languages.filter(({ right }) => right).length} of ${languages.length}`,
    rateAndUnit(errors),
    seconds(sum(({ transcript }) => transcript?.duration ?? 0)),
    seconds(sum(({ wallSeconds }) => wallSeconds)),
  ];
}

function rateAndUnit(counts: readonly ErrorCount[]): string {
  const rate = errorRate(counts);
  if (rate === null) return '';
  return `${percent(rate)}${counts[0]?.unit === 'character' ? ' (characters)' : ''}`;
}

function seconds(value: number): string {
  return value === 0 ? '' : `${value.toFixed(1)} s`;
}

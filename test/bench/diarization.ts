/**
 * Compares our diarizer with senko on long-real and on conversations that are mixed of its people (settings AUDIO_SET, PEER_DIR,
 * BENCH_THREADS). They take turns, one at a time. Prints Markdown for docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { labelledRecordings, type LabelledRecording } from './diarization/recordings.js';
import { report, summaryOf, type Name, type Trial } from './diarization/report.js';
import { SpeakerProcess, type SpeakerAnswer } from './diarization/speaker-process.js';
import { machine } from './markdown.js';
import { audioSetFolder, BenchSetupError, peerFolder, runProgram, threads } from './settings.js';

const SCRIPTS = path.join(import.meta.dirname, 'diarization');
const LOADER = path.join(import.meta.dirname, '../support/run-sources.mjs');
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
    throw new BenchSetupError(
      'senko could not be installed; it needs Python 3.11 to 3.13 with venv, and PyPI.',
    );
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
      trials.push({ recording, answers });
      process.stderr.write(`${summaryOf({ recording, answers })}\n`);
    }
    return trials;
  } finally {
    for (const diarizer of diarizers.values()) await diarizer.stop();
  }
}

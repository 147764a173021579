import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { BenchSetupError, modelSetFolder, peerFolder, threads } from '../settings.js';
import { EngineProcess } from './engine-process.js';

const SCRIPTS = import.meta.dirname;
const LOADER = path.join(SCRIPTS, '../../support/run-sources.mjs');

/** The engines that are compared, ours first. */
export const ENGINES = {
  own: 'ours',
  batched: 'faster-whisper, batched',
  sequential: 'faster-whisper, sequential',
  transformers: 'transformers.js',
} as const;

export type EngineName = keyof typeof ENGINES;

const STARTS: Record<EngineName, () => Promise<EngineProcess>> = {
  own: () => startNode('run-own.ts', []),
  batched: () => startPeer('batched'),
  sequential: () => startPeer('sequential'),
  transformers: () =>
    startNode('run-transformers.ts', [path.join(modelSetFolder('whisper-base'), 'whisper-base')]),
};

/** Starts an engine with the threads of the setting BENCH_THREADS. */
export const startEngine = (name: EngineName): Promise<EngineProcess> => STARTS[name]();

/** Runs engines side by side in memory, though never at the same time, until `use` has ended. */
export async function withEngines<T>(
  names: readonly EngineName[],
  use: (engines: ReadonlyMap<EngineName, EngineProcess>) => Promise<T>,
): Promise<T> {
  const engines = new Map<EngineName, EngineProcess>();
  try {
    for (const name of names) engines.set(name, await startEngine(name));
    return await use(engines);
  } finally {
    for (const engine of engines.values()) await engine.stop();
  }
}

/** Installs what is missing of the peer engine in the folder of the setting PEER_DIR, with the Python of the setting PYTHON. */
export function setUpPeer(): void {
  const python = process.env['PYTHON'] ?? 'python3';
  // What pip tells goes to standard error, as standard output is for results.
  const { status } = spawnSync(python, [path.join(SCRIPTS, 'set_up.py'), peerFolder()], {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) {
    throw new BenchSetupError(
      'The peer engine could not be installed; it needs Python 3.11 or newer with venv, and PyPI.',
    );
  }
}

const startNode = (script: string, args: readonly string[]): Promise<EngineProcess> =>
  EngineProcess.start(process.execPath, [
    '--import',
    LOADER,
    path.join(SCRIPTS, script),
    String(threads()),
    ...args,
  ]);

function startPeer(mode: 'batched' | 'sequential'): Promise<EngineProcess> {
  const folder = peerFolder();
  const script = path.join(SCRIPTS, 'run_peer.py');
  const args = [script, path.join(folder, 'whisper-base-ct2'), String(threads()), mode];
  return EngineProcess.start(path.join(folder, 'venv/bin/python'), args);
}

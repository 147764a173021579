import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

/** A reason not to run that whoever started the benchmark can mend. */
export class BenchSetupError extends Error {}

/** The folder of the audio set: recordings, and a manifest.json that describes each of them. */
export function audioSetFolder(): string {
  const folder = folderOf('AUDIO_SET', 'the folder of the audio set');
  if (!existsSync(path.join(folder, 'manifest.json'))) {
    throw new BenchSetupError('The folder that AUDIO_SET names has no manifest.json.');
  }
  return folder;
}

/** The folder that the peer engine is, or will be, installed in. */
export function peerFolder(): string {
  return folderOf('PEER_DIR', 'a folder for the peer engine (about 1 GB)');
}

/** The folder of the model set: one folder whisper-NAME each, as the hub lays them out. */
export function modelSetFolder(name: string): string {
  const folder = folderOf('MODEL_SET', 'the folder of the model set');
  if (!existsSync(path.join(folder, name, 'config.json'))) {
    throw new BenchSetupError(`The folder that MODEL_SET names has no ${name}.`);
  }
  return folder;
}

/** The folder that Lighthouse is, or will be, installed in. */
export function lighthouseFolder(): string {
  return folderOf('LIGHTHOUSE_DIR', 'a folder for Lighthouse (about 200 MB)');
}

/** How often each thing is measured. */
export function rounds(fallback = 3): number {
  return countOf('BENCH_ROUNDS', fallback);
}

/** Processor threads for each engine; the default is that of the service. */
export function threads(): number {
  return countOf('BENCH_THREADS', Math.min(availableParallelism(), 8));
}

/** How long the load lasts. */
export function loadSeconds(): number {
  return countOf('LOAD_SECONDS', 600);
}

/** `embedded`: one process; `bull`: an API and a worker with a Redis between them. */
export function loadQueue(): 'embedded' | 'bull' {
  const value = process.env['LOAD_QUEUE'] ?? 'embedded';
  if (value !== 'embedded' && value !== 'bull')
    throw new BenchSetupError('LOAD_QUEUE must be "embedded" or "bull".');
  return value;
}

function folderOf(name: string, what: string): string {
  const value = process.env[name] ?? '';
  if (value === '') throw new BenchSetupError(`Set ${name} to ${what}.`);
  return path.resolve(value);
}

function countOf(name: string, fallback: number): number {
  const value = process.env[name] ?? '';
  if (value === '') return fallback;
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new BenchSetupError(`${name} must be a whole number from 1.`);
  return Number(value);
}

/** Runs a benchmark to its exit code; a setup error is told in one line. */
export async function runProgram(program: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await program();
  } catch (error) {
    if (!(error instanceof BenchSetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/**
 * Sends every file of the audio set (setting AUDIO_SET) through the built service and compares what becomes of it with the manifest.
 * Prints tables in Markdown and what should be looked at; ends with 1 when a file was treated otherwise than the manifest allows,
 * or when the service crashed or logged what it must not. `--details FILE` writes everything, with the texts, as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startService, type RunningService } from '../support/start-service.js';
import { readManifest } from './audio-set/manifest.js';
import { fileTable, summaryTable, surprises } from './audio-set/summary.js';
import { findLeaks, tryFile, type Trial } from './audio-set/trial.js';
import { machine } from './markdown.js';
import { findEngine } from './measures/process-tree.js';
import { audioSetFolder, runProgram } from './settings.js';

/** Below the ten hours of one file of the set, which must be refused for it. */
const LIMITS = { MAX_AUDIO_HOURS: '9' };

await runProgram(async () => {
  const { values } = parseArgs({ options: { details: { type: 'string' } } });
  const folder = audioSetFolder();
  const service = await startService({ env: LIMITS });
  try {
    const trials = await tryAll(service, folder);
    const faults = await findFaults(service, folder, trials);
    report(trials, faults);
    if (values.details !== undefined) await writeFile(values.details, JSON.stringify(trials, null, 2));
    return trials.every(({ allowed }) => allowed) && faults.length === 0 ? 0 : 1;
  } finally {
    await service.stop();
  }
});

/** One after the other, so that the times mean something. */
async function tryAll(service: RunningService, folder: string): Promise<Trial[]> {
  const engine = enginePid(service);
  const trials: Trial[] = [];
  for (const entry of await readManifest(folder)) {
    const trial = await tryFile(service.url, folder, entry);
    process.stderr.write(
      `${trial.allowed ? '✓' : '✗'} ${entry.path}: ${trial.treatment}, ${trial.wallSeconds.toFixed(1)} s\n`,
    );
    const lost = enginePid(service) === engine ? [] : ['the engine process was lost'];
    trials.push({ ...trial, remarks: [...trial.remarks, ...lost] });
  }
  return trials;
}

function enginePid(service: RunningService): number | undefined {
  return findEngine(service.pid)?.pid;
}

/** What is wrong with the service itself, whatever it made of the files. */
async function findFaults(
  service: RunningService,
  folder: string,
  trials: readonly Trial[],
): Promise<string[]> {
  const log = service.log();
  const errors = log.split('\n').filter((line) => /"severity":"(?:ERROR|FATAL)"/i.test(line)).length;
  return [
    ...(errors === 0 ? [] : [`${errors} errors in the log of the service`]),
    ...(await findLeaks(log, folder, trials)),
  ];
}

function report(trials: readonly Trial[], faults: readonly string[]): void {
  const list = [...surprises(trials), ...faults];
  const model = trials.find(({ transcript }) => transcript !== null)?.transcript?.model ?? 'none';
  const allowed = trials.filter((trial) => trial.allowed).length;
  const parts = [
    `Model ${model} on ${machine()}. ${allowed} of ${trials.length} files treated as the manifest allows.`,
    summaryTable(trials),
    fileTable(trials),
    `To look at (${list.length}):`,
    list.map((line) => `- ${line}`).join('\n'),
  ];
  process.stdout.write(`${parts.join('\n\n')}\n`);
}

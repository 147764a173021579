import { execFile } from 'node:child_process';
import { open, readdir, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunningService } from '../../support/start-service.js';
import { TusRequests } from '../../support/tus-requests.js';
import { wavHeader } from '../../support/wav-file.js';
import { markdownTable } from '../markdown.js';
import { median } from '../measures/median.js';
import { peakResidentMib, residentMib } from '../measures/process-tree.js';

const run = promisify(execFile);

const FILE_BYTES = 2 ** 30;
const BLOCK_BYTES = 2 ** 20;
const HEADER_BYTES = 44;

interface Round {
  readonly load: number;
  /** Seconds. */
  readonly copied: number;
  readonly copiedDurably: number;
  readonly uploaded: number;
}

/** One file of 1 GiB at a time: `cp`, `cp` and `sync`, one PATCH of tus by curl, in turns. */
export async function measureLargeFile(
  service: RunningService,
  folder: string,
  rounds: number,
): Promise<{ report: string; good: boolean }> {
  const file = path.join(folder, 'recording.wav');
  await writeWav(file);
  const before = residentMib(service.pid);
  const measured: Round[] = [];
  // The first use of memory and of the disk costs more than later ones.
  await measureRound(service, file, 0);
  for (let round = 1; round <= rounds; round += 1) measured.push(await measureRound(service, file, round));
  const grown = peakResidentMib(service.pid) - before;
  return { report: render(measured, { before, grown }), good: true };
}

async function measureRound(service: RunningService, file: string, number: number): Promise<Round> {
  const load = loadavg()[0] ?? 0;
  const copy = `${file}.copy`;
  await makeDifferent(file, number);
  const copied = await timed('cp', file, copy);
  await rm(copy);
  await run('sync');
  const copiedDurably = await timed('sh', '-c', 'cp "$1" "$2" && sync "$2"', 'sh', file, copy);
  await rm(copy);
  await run('sync');
  const uploaded = await upload(service, file);
  // As the copies did, it gives its pages back: new ones cost the next round more.
  await removeBlobs(service);
  return { load, copied, copiedDurably, uploaded };
}

async function removeBlobs({ dataDir }: RunningService): Promise<void> {
  const folder = path.join(dataDir, 'blobs');
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await rm(path.join(entry.parentPath, entry.name), { force: true });
  await run('sync');
}

async function upload(service: RunningService, file: string): Promise<number> {
  const url = await new TusRequests(`${service.url}/uploads/tus`).begin(FILE_BYTES, { filename: 'talk.wav' });
  const headers = [
    'Tus-Resumable: 1.0.0',
    'Upload-Offset: 0',
    'Content-Type: application/offset+octet-stream',
  ];
  const sent = headers.flatMap((header) => ['-H', header]);
  return timed('curl', '--silent', '--show-error', '--fail', '-X', 'PATCH', ...sent, '-T', file, url);
}

/** Seconds, of a program to its end. */
async function timed(program: string, ...args: readonly string[]): Promise<number> {
  const start = performance.now();
  await run(program, args);
  return (performance.now() - start) / 1000;
}

async function writeWav(file: string): Promise<void> {
  const block = Buffer.alloc(BLOCK_BYTES, 'some sound ');
  const output = await open(file, 'w');
  for (let at = 0; at < FILE_BYTES; at += BLOCK_BYTES) await output.write(block, 0, BLOCK_BYTES, at);
  const header = wavHeader({ sampleRate: 48_000, channels: 2, bytes: FILE_BYTES - HEADER_BYTES });
  await output.write(header, 0, HEADER_BYTES, 0);
  await output.close();
}

/** The same bytes again would be found to be there already. */
async function makeDifferent(file: string, number: number): Promise<void> {
  const output = await open(file, 'r+');
  await output.write(Buffer.from([number]), 0, 1, HEADER_BYTES);
  await output.sync();
  await output.close();
}

function render(
  rounds: readonly Round[],
  { before, grown }: { readonly before: number; readonly grown: number },
): string {
  const ratio = (of: (round: Round) => number): string => (of(middle) / middle.uploaded).toFixed(2);
  const middle: Round = {
    load: median(rounds.map(({ load }) => load)),
    copied: median(rounds.map(({ copied }) => copied)),
    copiedDurably: median(rounds.map(({ copiedDurably }) => copiedDurably)),
    uploaded: median(rounds.map(({ uploaded }) => uploaded)),
  };
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const row = (name: string, { load, copied, copiedDurably, uploaded }: Round): string[] => [
    name,
    seconds(copied),
    seconds(copiedDurably),
    seconds(uploaded),
    (copied / uploaded).toFixed(2),
    (copiedDurably / uploaded).toFixed(2),
    load.toFixed(1),
  ];
  const header = ['round', 'cp', 'cp and sync', 'tus', 'cp / tus', 'cp and sync / tus', 'load before'];
  const rows = rounds.map((round, index) => row(String(index + 1), round));
  return [
    markdownTable(header, [...rows, row('median', middle)]),
    `Speed against cp: ${ratio(({ copied }) => copied)}×; against cp and sync: ${ratio(({ copiedDurably }) => copiedDurably)}×.`,
    `Resident memory of the service: ${before.toFixed(0)} MiB before the first upload, at most ${grown.toFixed(0)} MiB more in all.`,
  ].join('\n\n');
}

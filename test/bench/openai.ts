/**
 * Measures what HTTP and the job cost around the engine: a short clip by the OpenAI API and by POST /upload, and how soon a long recording
 * begins to be text, each against the bare engine in the same sort of process. `npm run bench -- openai SECTION …` measures some of it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { longRecording } from '../support/long-recording.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService } from '../support/start-service.js';
import { machine, markdownTable } from './markdown.js';
import { median } from './measures/median.js';
import { BareEngine } from './openai/bare-engine.js';
import { firstDelta, transcription, uploadAndWait } from './openai/timed-calls.js';
import { BenchSetupError, rounds, runProgram, threads } from './settings.js';

const DEFAULT_ROUNDS = 7;
const BYTES_PER_SECOND = 32_000;
const CLIP_SECONDS = 10;
const LONG_SECONDS = 600;

interface Bench {
  readonly engine: BareEngine;
  readonly url: string;
  readonly folder: string;
}

type Way = readonly [name: string, time: () => Promise<number>];

const SECTIONS: Readonly<Record<string, (bench: Bench) => Promise<string>>> = {
  overhead: async ({ engine, url, folder }) => {
    const clip = await recording(folder, CLIP_SECONDS);
    return compare('a clip of 10 s', [
      ['the bare engine', () => engine.transcribe(clip)],
      ['POST /v1/audio/transcriptions, json', () => transcription(url, clip, 'json')],
      ['POST /v1/audio/transcriptions, text', () => transcription(url, clip, 'text')],
      ['POST /upload, Prefer: wait', () => uploadAndWait(url, clip)],
    ]);
  },
  'first-delta': async ({ engine, url, folder }) => {
    const long = await recording(folder, LONG_SECONDS);
    return compare('10 min, to the first text', [
      ['the bare engine: its first batch', () => engine.transcribeBatch(long)],
      ['POST /v1/audio/transcriptions, stream', () => firstDelta(url, long)],
    ]);
  },
};

await runProgram(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in SECTIONS));
  if (unknown !== undefined)
    throw new BenchSetupError(
      `There is no section "${unknown}"; there are: ${Object.keys(SECTIONS).join(', ')}.`,
    );
  process.stdout.write(`The OpenAI API, ${machine()}, ${threads()} threads.\n`);
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n${await within(measure)}\n`);
  }
  return 0;
});

async function within(measure: (bench: Bench) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-openai-'));
  const service = await startService({ env: { ...NO_RATE_LIMITS, WORKER_THREADS: String(threads()) } });
  const engine = await BareEngine.start();
  try {
    return await measure({ engine, url: service.url, folder });
  } finally {
    engine.stop();
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function recording(folder: string, seconds: number): Promise<string> {
  const file = path.join(folder, `${seconds}.wav`);
  await writeFile(file, await longRecording(seconds * BYTES_PER_SECOND));
  return file;
}

/** In turns, so that what else the machine does meets all alike. A first round is not counted. The first way is what the others add to. */
async function compare(what: string, ways: readonly Way[]): Promise<string> {
  const times = ways.map((): number[] => []);
  for (let round = 0; round <= rounds(DEFAULT_ROUNDS); round += 1)
    for (const [index, [, time]] of ways.entries()) {
      const ms = await time();
      if (round > 0) times[index]?.push(ms);
    }
  const [bare = []] = times;
  return markdownTable(
    [what, 'median, ms', 'fastest, ms', 'over the engine, ms'],
    ways.map(([name], index) => {
      const own = times[index] ?? [];
      const over = median(own.map((ms, round) => ms - (bare[round] ?? 0)));
      return [name, median(own).toFixed(0), Math.min(...own).toFixed(0), index === 0 ? '' : over.toFixed(0)];
    }),
  );
}

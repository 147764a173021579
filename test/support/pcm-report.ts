/**
 * `node --import ./test/support/run-sources.mjs test/support/pcm-report.ts FILE [MAX_SECONDS]` decodes a file with openPcm in
 * this process (native code stays out of the test runner) and prints one line of JSON about what came out.
 */
import { AppError } from '../../src/platform/errors/app-error.js';
import { openPcm } from '../../src/platform/media/pcm-source.js';

export interface PcmReport {
  samples: number;
  seconds: number;
  /** Root mean square of all samples. */
  rms: number;
  blocks: number;
  longestBlockSeconds: number;
  /** Growth of resident memory while decoding. */
  grewMb: number;
  /** Turns that the event loop got while decoding. */
  turns: number;
  code: string | null;
  detail: string | null;
}

const SAMPLE_RATE = 16_000;
const [, , file = '', maxSeconds] = process.argv;
const report: PcmReport = {
  samples: 0,
  seconds: 0,
  rms: 0,
  blocks: 0,
  longestBlockSeconds: 0,
  grewMb: 0,
  turns: 0,
  code: null,
  detail: null,
};
const before = process.memoryUsage.rss();
let peak = before;
let energy = 0;
let ticking = true;
const tick = (): void => {
  report.turns += 1;
  if (ticking) setImmediate(tick);
};
setImmediate(tick);
try {
  const maxDurationSeconds = maxSeconds === undefined ? null : Number(maxSeconds);
  for await (const block of openPcm(file, { maxDurationSeconds })) {
    report.blocks += 1;
    report.samples += block.length;
    report.longestBlockSeconds = Math.max(report.longestBlockSeconds, block.length / SAMPLE_RATE);
    for (const sample of block) energy += sample * sample;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  report.code = error.code;
  report.detail = error.detail;
}
ticking = false;
report.seconds = report.samples / SAMPLE_RATE;
report.rms = report.samples === 0 ? 0 : Math.sqrt(energy / report.samples);
report.grewMb = (peak - before) / 2 ** 20;
process.stdout.write(`${JSON.stringify(report)}\n`);

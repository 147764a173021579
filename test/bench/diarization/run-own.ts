/** Our diarizer as a program: `run-own.ts THREADS`. Reads files as lines of standard input, see speaker-process.ts. */
import path from 'node:path';
import { createInterface } from 'node:readline';
import { SpeakerDiarizer } from '@whisper-transcriber/engine';
import { openPcm } from '../../../src/platform/media/pcm-source.js';
import type { SpeakerAnswer } from './speaker-process.js';

const MODELS = path.join(import.meta.dirname, '../../../models');
const KIB_PER_MIB = 1024;
const MICROSECONDS = 1e6;

const before = process.memoryUsage.rss() / KIB_PER_MIB;

const diarizer = await SpeakerDiarizer.load({
  modelDir: path.join(MODELS, 'speaker-diarization'),
  vadPath: path.join(MODELS, 'silero-vad/silero_vad_v6.onnx'),
  threads: Number(process.argv[2]),
});
process.stdout.write('{}\n');
for await (const file of createInterface({ input: process.stdin })) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const run = diarizer.diarize(openPcm(file));
  let step = await run.next();
  while (step.done !== true) step = await run.next();
  const { user, system } = process.cpuUsage(cpu);
  const answer: SpeakerAnswer = {
    turns: step.value.turns.map((turn) => ({ ...turn, speaker: String(turn.speaker) })),
    wall_s: (performance.now() - start) / 1000,
    cpu_s: (user + system) / MICROSECONDS,
    peak_mib: (process.resourceUsage().maxRSS - before) / KIB_PER_MIB,
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await diarizer.dispose();

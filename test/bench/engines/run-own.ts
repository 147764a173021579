/** Our engine as a program: `run-own.ts THREADS`. Reads tasks as lines, see engine-process.ts. */
import path from 'node:path';
import { WhisperEngine } from '@whisper-transcriber/engine';
import { openPcm } from '../../../src/platform/media/pcm-source.js';
import { answerLines, type Heard } from './answer-lines.js';
import type { EngineTask } from './engine-process.js';

const MODELS = path.join(import.meta.dirname, '../../../models');

const engine = await WhisperEngine.load({
  modelDir: path.join(MODELS, 'whisper-base'),
  vadPath: path.join(MODELS, 'silero-vad/silero_vad_v6.onnx'),
  threads: Number(process.argv[2]),
});

await answerLines(async ({ file, language, words = false, repeat = 1 }: EngineTask): Promise<Heard> => {
  const run = engine.transcribe(sound(file, repeat), { words, ...(language !== null && { language }) });
  const segments = [];
  let step = await run.next();
  for (; step.done !== true; step = await run.next()) segments.push(...step.value.segments);
  return {
    text: segments.map(({ text }) => text).join(' '),
    language: step.value.language,
    words: words ? segments.flatMap((segment) => segment.words ?? []) : null,
  };
});
await engine.dispose();

async function* sound(file: string, repeat: number): AsyncGenerator<Float32Array> {
  for (let time = 0; time < repeat; time++) yield* openPcm(file);
}

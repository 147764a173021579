/**
 * transformers.js as a program, used as its documentation shows for long recordings: `run-transformers.ts THREADS MODEL_FOLDER`.
 * Reads tasks as lines, see engine-process.ts. It takes a language that it is not given for English, and says of none what it heard.
 */
import path from 'node:path';
import { env, pipeline } from '@xenova/transformers';
import { openPcm } from '../../../src/platform/media/pcm-source.js';
import { answerLines, type Heard } from './answer-lines.js';
import type { EngineTask } from './engine-process.js';

const [, , threads = '1', folder = ''] = process.argv;
env.localModelPath = path.dirname(folder);
env.allowRemoteModels = false;

const recognise = await pipeline('automatic-speech-recognition', path.basename(folder), {
  dtype: 'q8',
  session_options: { intraOpNumThreads: Number(threads) },
});

await answerLines(async ({ file, language, words = false }: EngineTask): Promise<Heard> => {
  const output = await recognise(await samplesOf(file), {
    chunk_length_s: 30,
    stride_length_s: 5,
    return_timestamps: words ? 'word' : true,
    ...(language !== null && { language }),
  });
  const chunks = output.chunks ?? [];
  return {
    text: output.text,
    language,
    words: words
      ? chunks.map(({ text, timestamp: [start, end] }) => ({ text: text.trim(), start, end }))
      : null,
  };
});

async function samplesOf(file: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of openPcm(file)) blocks.push(block);
  const samples = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  return samples;
}

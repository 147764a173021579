import { join } from 'node:path';
import { WhisperEngine } from '../../src/engine.js';
import type { AudioBlock, TranscribeOptions, TranscriptChunk, TranscriptSummary } from '../../src/options.js';
import type { Segment } from '../../src/transcript.js';
import { readWav } from './wav.js';

const ROOT = join(import.meta.dirname, '../../../..');
export const MODEL_DIR = join(ROOT, 'models/whisper-base');
export const VAD_PATH = join(ROOT, 'models/silero-vad/silero_vad_v6.onnx');

export const clip = (path: string): Float32Array => readWav(join(ROOT, 'test/fixtures/audio/clips', path));
export const sample = (): Float32Array => readWav(join(ROOT, 'docs/samples/sense-and-sensibility.wav'));
export const silence = (seconds: number): Float32Array => new Float32Array(seconds * 16_000);

/** White noise from a linear congruential generator: the same in every run. */
export function noise(seconds: number, level: number): Float32Array {
  let state = 1;
  return silence(seconds).map(() => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return level * (state / 2 ** 31 - 1);
  });
}

export const tone = (seconds: number, hertz: number): Float32Array =>
  silence(seconds).map((_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / 16_000));

export const openEngine = (): Promise<WhisperEngine> =>
  WhisperEngine.load({ modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 2 });

export interface Transcript extends TranscriptSummary {
  chunks: TranscriptChunk[];
  segments: Segment[];
  text: string;
  /** Lower case, letters only. */
  plain: string;
}

export async function transcribe(
  engine: WhisperEngine,
  audio: Iterable<AudioBlock>,
  options: TranscribeOptions = {},
): Promise<Transcript> {
  const chunks: TranscriptChunk[] = [];
  const run = engine.transcribe(audio, options);
  for (;;) {
    const next = await run.next();
    if (next.done === true) {
      const segments = chunks.flatMap((chunk) => chunk.segments);
      const text = segments.map((segment) => segment.text).join(' ');
      return { ...next.value, chunks, segments, text, plain: plain(text) };
    }
    chunks.push(next.value);
  }
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} ]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generationConfig } from '../../src/model/generation-config.js';
import { readJson } from '../../src/model/json-file.js';
import { openGraphs } from '../../src/model/open-graphs.js';
import type { WhisperGraphs } from '../../src/model/whisper-graphs.js';
import { openTokenizer } from '../../src/model/whisper-tokenizer.js';
import type { Segment } from '../../src/options.js';
import type { SpeechWindow } from '../../src/vad/window-packer.js';
import { WindowTranscriber } from '../../src/window-transcriber.js';
import { MODEL_DIR, clip, sample } from './engine.fixture.js';

let graphs: WhisperGraphs;
let transcriber: WindowTranscriber;

beforeAll(async () => {
  graphs = await openGraphs(MODEL_DIR, 2);
  const config = generationConfig(
    await readJson(MODEL_DIR, 'generation_config.json'),
    await readJson(MODEL_DIR, 'config.json'),
    await readJson(MODEL_DIR, 'tokenizer.json'),
  );
  transcriber = new WindowTranscriber(graphs, await openTokenizer(MODEL_DIR), config);
}, 60_000);

afterAll(() => graphs.release());

function windowOf(samples: Float32Array): SpeechWindow {
  const { length } = samples;
  return { samples, pieces: [{ inWindow: 0, inFile: 0, length, speechStart: 0, speechEnd: length }] };
}

async function transcribe(...windows: SpeechWindow[]): Promise<Segment[]> {
  return transcriber.finish(await transcriber.start(windows), 'en', { words: true });
}

const texts = (segments: readonly Segment[]): string[] => segments.map(({ text }) => text);

describe('windows that are decoded side by side', () => {
  it('give the text that each gives alone, in their order, though shorter ones end first', async () => {
    const windows = [
      clip('en/librivox_0880.wav'),
      sample(),
      clip('en/librivox_0890.wav'),
      clip('en/librivox_0880.wav'),
    ].map(windowOf);
    const alone: Segment[] = [];
    for (const window of windows) alone.push(...(await transcribe(window)));
    const together = await transcribe(...windows);
    expect(texts(together)).toEqual(texts(alone));
    together.forEach(({ words }, index) => {
      expect(words?.map(({ start }) => start)).toEqual(alone[index]?.words?.map(({ start }) => start));
    });
  }, 60_000);

  it('keep their text beside a window without speech', async () => {
    const together = await transcribe(windowOf(sample()), windowOf(new Float32Array(16_000)));
    expect(texts(together)[0]).toMatch(/power to do for them\.$/);
  });
});

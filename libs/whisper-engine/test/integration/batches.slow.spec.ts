import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openModel, type Model } from '../../src/model/open-model.js';
import type { Segment } from '../../src/transcript.js';
import { readRunOptions } from '../../src/run-options.js';
import type { SpeechWindow } from '../../src/vad/window-packer.js';
import { WindowTranscriber } from '../../src/window-transcriber.js';
import { MODEL_DIR, clip, sample } from './engine.fixture.js';

let model: Model;
let transcriber: WindowTranscriber;

beforeAll(async () => {
  model = await openModel(MODEL_DIR, 2);
  transcriber = new WindowTranscriber(model);
}, 60_000);

afterAll(() => model.graphs.release());

function windowOf(samples: Float32Array): SpeechWindow {
  const { length } = samples;
  return { samples, pieces: [{ inWindow: 0, inFile: 0, length, speechStart: 0, speechEnd: length }] };
}

async function transcribe(...windows: SpeechWindow[]): Promise<Segment[]> {
  const started = await transcriber.start(windows);
  const languages = windows.map(() => 'en');
  const { decode } = readRunOptions(
    { words: true },
    { config: model.config, wordTimes: true, searchesAgain: true },
  );
  const found = await transcriber.finish(started, languages, decode);
  return found.flatMap(({ segments }) => segments);
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

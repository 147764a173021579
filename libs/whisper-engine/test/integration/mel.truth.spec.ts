import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { logMel } from '../../src/audio/log-mel.js';
import { melExtractor } from '../../src/audio/mel-extractor.js';
import { FAST_GRAPHS } from '../../src/model/model-folder.js';
import { readJson } from '../../src/model/json-file.js';
import { openSession } from '../../src/model/onnx-session.js';
import { truth } from '../truths/truth.js';
import { MODEL_DIR, sample } from './engine.fixture.js';
import { MINIATURE } from './miniature.fixture.js';

const FRAMES = 3000;

interface Mel {
  frames: number[];
  bins80: number[][];
  bins128: number[][];
}

const { frames, ...recorded } = truth('mel') as Mel;

function expectTruth(mel: { data: unknown; dims: readonly number[] }, expected: readonly number[][]): void {
  const bins = expected[0]?.length ?? 0;
  expect(mel.dims).toEqual([1, bins, FRAMES]);
  const data = mel.data as Float32Array;
  const worst = frames.flatMap((frame, index) =>
    (expected[index] ?? []).map((value, bin) => Math.abs((data[bin * FRAMES + frame] ?? NaN) - value)),
  );
  expect(Math.max(...worst)).toBeLessThan(1e-3);
}

describe('the log-mel frames of a recording are those of openai-whisper', () => {
  it('from the graph of a model', async () => {
    const graph = await openSession(join(MODEL_DIR, FAST_GRAPHS.logMel), 1);
    expectTruth(await logMel(graph, sample()), recorded.bins80);
    await graph.release();
  });

  it.each([
    [80, recorded.bins80],
    [128, recorded.bins128],
  ])('for a model of the hub with %d bins', async (bins, expected) => {
    const settings = await readJson(MINIATURE, 'preprocessor_config.json');
    const mel = melExtractor({ ...settings, feature_size: bins });
    expectTruth(await mel(sample()), expected);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tensor } from 'onnxruntime-node';
import type { HubPrecision } from '../../src/model/hub-files.js';
import { openGraphs } from '../../src/model/open-graphs.js';
import { openModel } from '../../src/model/open-model.js';
import { viewRows } from '../../src/model/row-tensors.js';
import { TensorMemory, type Tensors } from '../../src/model/tensor-memory.js';
import type { WhisperGraphs } from '../../src/model/whisper-graphs.js';
import { readRunOptions } from '../../src/run-options.js';
import { WindowTranscriber } from '../../src/window-transcriber.js';
import { clip, noise, sample } from './engine.fixture.js';
import { MINIATURE, MiniatureCopy } from './miniature.fixture.js';

const VOCABULARY = 1914;
const LAYERS = 2;
const HEADS = 2;
const HEAD_WIDTH = 8;
const FRAMES = 1500;
const NO_BIAS = new Float32Array(VOCABULARY);
/** A start of transcript and some text. */
const PROMPT = [397, 398, 408, 300, 310, 320];
/** Long enough to be read at once. */
const LONG_PROMPT = Array.from({ length: 24 }, (_, i) => 260 + ((7 * i) % 130));

const floats = (tensor: Tensor | undefined): Float32Array => tensor?.data as Float32Array;

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN))), 0);
}

async function encoded(graphs: WhisperGraphs, samples: Float32Array): Promise<Tensors> {
  const cross = graphs.crossRows(new TensorMemory(), 1);
  await graphs.encode(samples, cross);
  return cross;
}

/** Logits behind a prompt that is read one token at a time. */
async function oneByOne(
  graphs: WhisperGraphs,
  prompt: readonly number[],
  cross: Tensors,
): Promise<Float32Array> {
  let past: Tensors | null = null;
  let logits = new Float32Array(0);
  for (const token of prompt) {
    const out = await graphs.logits({ ids: [[token]], cross, past, bias: NO_BIAS }, new TensorMemory());
    past = out.past;
    logits = Float32Array.from(out.logits);
  }
  return logits;
}

describe.each<HubPrecision>(['q8', 'fp16'])('graphs of the hub in %s', (precision) => {
  let graphs: WhisperGraphs;
  let cross: Tensors;
  const tolerance = precision === 'fp16' ? 0.02 : 1e-4;
  const step = (ids: number[][], past: Tensors | null = null) => ({ ids, cross, past, bias: NO_BIAS });

  beforeAll(async () => {
    graphs = await openGraphs(MINIATURE, 1, precision);
    cross = await encoded(graphs, sample());
  });

  afterAll(() => graphs.release());

  it('tell what they can do', () => {
    expect(graphs).toMatchObject({
      vocabulary: VOCABULARY,
      alignmentHeads: HEADS,
      sharesCross: false,
    });
  });

  it('write the cross keys and values of a window, which depend on its sound', async () => {
    const values = Object.values(cross).map(floats);
    expect(values.every((data) => data.some((value) => value !== 0))).toBe(true);
    const other = await encoded(graphs, noise(2, 0.1));
    expect(Object.values(other).map(floats)).not.toEqual(values);
    expect(Object.keys(cross)).toHaveLength(1 + 2 * LAYERS);
    const floatsInValue = precision === 'fp16' ? 2 : 1;
    expect(cross['past_key_values.1.encoder.key']?.dims).toEqual([
      1,
      HEADS,
      FRAMES,
      HEAD_WIDTH / floatsInValue,
    ]);
  });

  it('encode into one row of a batch without touching the others', async () => {
    const rows = graphs.crossRows(new TensorMemory(), 2);
    await graphs.encode(sample(), viewRows(rows, 1));
    for (const [name, tensor] of Object.entries(rows)) {
      const size = tensor.size / 2;
      expect(floats(tensor).subarray(size)).toEqual(floats(cross[name]));
      expect(
        floats(tensor)
          .subarray(0, size)
          .every((value) => value === 0),
      ).toBe(true);
    }
  });

  it('give the same logits whether a prompt comes at once or token by token', async () => {
    for (const prompt of [PROMPT, LONG_PROMPT]) {
      const { logits, past } = await graphs.logits(step([prompt]), new TensorMemory());
      expect(largestDifference(logits, await oneByOne(graphs, prompt, cross))).toBeLessThan(tolerance);
      expect(Object.values(past)[0]?.dims[2]).toBe(prompt.length);
    }
  });

  it('go on from the caches of a prompt, several tokens at a time too', async () => {
    const text = [330, 340, 350];
    const whole = await oneByOne(graphs, [...LONG_PROMPT, ...text], cross);
    const { past } = await graphs.logits(step([LONG_PROMPT]), new TensorMemory());
    const { logits } = await graphs.logits(step([text], past), new TensorMemory());
    expect(largestDifference(logits, whole)).toBeLessThan(tolerance);
  });

  it.each([
    ['short', PROMPT],
    ['long', LONG_PROMPT],
  ])('give each row of a batch what it gets alone: %s', async (_, prompt) => {
    const windows = [sample(), clip('en/librivox_0880.wav')];
    const prompts = [prompt, prompt.with(2, 301)];
    const both = graphs.crossRows(new TensorMemory(), 2);
    const alone: Float32Array[] = [];
    for (const [row, samples] of windows.entries()) {
      const one = await encoded(graphs, samples);
      for (const [name, tensor] of Object.entries(one))
        floats(both[name]).set(floats(tensor), row * tensor.size);
      const { logits } = await graphs.logits(
        { ids: [prompts[row] ?? []], cross: one, past: null, bias: NO_BIAS },
        new TensorMemory(),
      );
      alone.push(logits);
    }
    const { logits } = await graphs.logits(
      { ids: prompts, cross: both, past: null, bias: NO_BIAS },
      new TensorMemory(),
    );
    alone.forEach((expected, row) => {
      const got = logits.subarray(row * VOCABULARY, (row + 1) * VOCABULARY);
      expect(largestDifference(got, expected)).toBeLessThan(tolerance);
    });
  });

  it('choose the best token of text, by the logits with the bias', async () => {
    const { choices } = await graphs.choose(step([PROMPT]), new TensorMemory());
    const { logits } = await graphs.logits(step([PROMPT]), new TensorMemory());
    const [first] = choices;
    expect(first?.token).toBe(logits.subarray(0, 413).indexOf(Math.max(...logits.subarray(0, 413))));
    expect(first?.logprob).toBeLessThan(0);
    const bias = NO_BIAS.with(first?.token ?? 0, -1e9);
    const banned = await graphs.choose({ ...step([PROMPT]), bias }, new TensorMemory());
    expect(banned.choices[0]?.token).not.toBe(first?.token);
    const { logits: biased } = await graphs.logits({ ...step([PROMPT]), bias }, new TensorMemory());
    expect(biased[first?.token ?? 0]).toBeLessThan(-1e8);
  });

  it('give the attention of the alignment heads: a distribution over the frames for each token', async () => {
    const attention = await graphs.attention(step([PROMPT]));
    expect(attention.map(({ dims, type }) => ({ dims, type }))).toEqual([
      { dims: [1, HEADS, PROMPT.length, FRAMES], type: 'float32' },
    ]);
    const data = floats(attention[0]);
    for (let at = 0; at < data.length; at += FRAMES) {
      const sum = data.subarray(at, at + FRAMES).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, precision === 'fp16' ? 2 : 4);
    }
  });

  it('decode windows to text with words', async () => {
    const { text, config } = await openModel(MINIATURE, 1).then(async (model) => {
      await model.graphs.release();
      return model;
    });
    const transcriber = new WindowTranscriber({ graphs, text, config });
    const samples = sample();
    const { length } = samples;
    const pieces = [{ inWindow: 0, inFile: 0, length, speechStart: 0, speechEnd: length }];
    const { decode } = readRunOptions({ words: true }, { config, wordTimes: true, searchesAgain: false });
    const found = await transcriber.finish(await transcriber.start([{ samples, pieces }]), ['en'], decode);
    const segments = found.flatMap((window) => window.segments);
    expect(segments.map((segment) => segment.text).join(' ')).toMatch(/[a-z]{3}/);
    expect(segments.flatMap(({ words }) => words ?? []).length).toBeGreaterThan(2);
  });
});

describe('a model of the hub', () => {
  let copy: MiniatureCopy;

  afterEach(() => {
    copy.delete();
  });

  const DECODER = 'onnx/decoder_model_merged_quantized.onnx';

  it('that gives no cross attentions does not align, and decodes like one that does', async () => {
    copy = new MiniatureCopy()
      .remove(DECODER)
      .move('variants/decoder_without_cross_attentions.onnx', DECODER);
    const [without, complete] = [await openGraphs(copy.folder, 1), await openGraphs(MINIATURE, 1)];
    expect(without.alignmentHeads).toBe(0);
    const logits = await Promise.all(
      [without, complete].map(async (graphs) => oneByOne(graphs, PROMPT, await encoded(graphs, sample()))),
    );
    expect(logits[0]).toEqual(logits[1]);
    await Promise.all([without.release(), complete.release()]);
  });

  it('that names no alignment heads gives those of the upper half of its layers', async () => {
    copy = new MiniatureCopy().edit('generation_config.json', { alignment_heads: null });
    const graphs = await openGraphs(copy.folder, 1);
    const attention = await graphs.attention({
      ids: [PROMPT],
      cross: await encoded(graphs, sample()),
      past: null,
      bias: NO_BIAS,
    });
    expect(attention.map(({ dims }) => dims)).toEqual([[1, HEADS, PROMPT.length, FRAMES]]);
    await graphs.release();
  });

  it('gives the heads that it names, and no others', async () => {
    copy = new MiniatureCopy();
    const attentions: Tensor[] = [];
    for (const heads of [
      [
        [0, 0],
        [0, 1],
      ],
      [[0, 1]],
    ]) {
      copy.edit('generation_config.json', { alignment_heads: heads });
      const graphs = await openGraphs(copy.folder, 1);
      const cross = await encoded(graphs, sample());
      attentions.push(...(await graphs.attention({ ids: [PROMPT], cross, past: null, bias: NO_BIAS })));
      await graphs.release();
    }
    expect(attentions[1]?.dims).toEqual([1, 1, PROMPT.length, FRAMES]);
    expect(floats(attentions[1])).toEqual(floats(attentions[0]).subarray(PROMPT.length * FRAMES));
  });

  it('whose encoder and decoder differ in precision passes the states on', async () => {
    copy = new MiniatureCopy().remove('onnx/encoder_model_quantized.onnx');
    copy.move('onnx/encoder_model_fp16.onnx', 'onnx/encoder_model_quantized.onnx');
    const graphs = await openGraphs(copy.folder, 1);
    expect((await oneByOne(graphs, PROMPT, await encoded(graphs, sample()))).every(Number.isFinite)).toBe(
      true,
    );
    await graphs.release();
  });

  it.each([
    ['a graph that is none', (model: MiniatureCopy) => model.write(DECODER, 'no graph')],
    ['an empty graph', (model: MiniatureCopy) => model.write('onnx/encoder_model_quantized.onnx', '')],
    [
      'a decoder that is no merged one',
      (model: MiniatureCopy) => model.remove(DECODER).move('onnx/encoder_model_fp16.onnx', DECODER),
    ],
    ['the settings of another model', (model: MiniatureCopy) => model.edit('config.json', { d_model: 32 })],
    ['another vocabulary', (model: MiniatureCopy) => model.edit('config.json', { vocab_size: 51_865 })],
    [
      'windows of another length',
      (model: MiniatureCopy) => model.edit('preprocessor_config.json', { n_samples: 1 }),
    ],
  ])('with %s is refused', async (_, change) => {
    copy = change(new MiniatureCopy());
    const opened = openGraphs(copy.folder, 1, 'q8');
    await expect(opened).rejects.toMatchObject({ code: 'model_invalid' });
    await expect(opened).rejects.not.toMatchObject({ message: expect.stringContaining(copy.folder) });
  });
});

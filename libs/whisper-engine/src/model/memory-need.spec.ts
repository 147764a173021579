import { describe, expect, it } from '@jest/globals';
import { EngineError } from '../errors.js';
import { leastMemory, memoryNeed, planBatch, planMemory } from './memory-need.js';
import type { ModelDescription } from './model-folder.js';

const MB = 1e6;
const GB = 1e9;

function model(change: Partial<ModelDescription> = {}): ModelDescription {
  return {
    folder: '',
    layout: 'fast',
    precision: 'int8',
    multilingual: true,
    languages: ['en'],
    width: 512,
    decoderLayers: 6,
    heads: 8,
    vocabulary: 51_865,
    weightsBytes: 76.2 * MB,
    files: [],
    ...change,
  };
}

const FAST = model();
const HUB = model({ layout: 'hub', precision: 'q8', weightsBytes: 75.9 * MB });
const TINY = model({
  layout: 'hub',
  precision: 'q8',
  width: 384,
  decoderLayers: 4,
  heads: 6,
  vocabulary: 51_864,
  weightsBytes: 40.1 * MB,
});
const LARGE = model({
  layout: 'hub',
  precision: 'q8',
  width: 1280,
  decoderLayers: 32,
  heads: 20,
  weightsBytes: 1600 * MB,
});

const wish = (workers: number, batchSize: number, beamSize = 1) => ({ workers, batchSize, beamSize });

describe('memoryNeed', () => {
  it.each([
    ['base, fast', wish(1, 1), FAST, 619],
    ['base, fast', wish(1, 4), FAST, 710],
    ['base, fast', wish(1, 8), FAST, 877],
    ['base, fast', wish(2, 4), FAST, 1248],
    ['base of the hub', wish(1, 4), HUB, 1218],
    ['base of the hub', wish(2, 4), HUB, 2065],
    ['base of the hub', wish(1, 4, 5), HUB, 2115],
    ['tiny.en of the hub', wish(1, 4), TINY, 872],
    ['tiny.en of the hub', wish(2, 4), TINY, 1481],
  ])('is about what was measured: %s, %j', (_, plan, description, measured) => {
    const need = memoryNeed(description, plan) / MB;
    expect(need / measured).toBeGreaterThan(0.95);
    expect(need / measured).toBeLessThan(1.2);
  });

  it('grows with beams, more where the rows of a window cannot share their cross tensors', () => {
    const growth = (description: ModelDescription) =>
      memoryNeed(description, wish(1, 4, 5)) - memoryNeed(description, wish(1, 4));
    expect(growth(FAST)).toBeGreaterThan(100 * MB);
    expect(growth(HUB)).toBeGreaterThan(growth(FAST) + 500 * MB);
  });

  it('reckons that half precision is computed in full', () => {
    const half = memoryNeed({ ...HUB, precision: 'fp16' }, wish(1, 1));
    expect(half).toBeGreaterThan(memoryNeed(HUB, wish(1, 1)) + 2 * HUB.weightsBytes);
  });
});

describe('planMemory', () => {
  it('leaves a wish alone that fits', () => {
    expect(planMemory(FAST, wish(2, 8), 16 * GB)).toEqual(wish(2, 8));
  });

  it('makes batches smaller, then takes fewer workers', () => {
    const order = [
      wish(2, 8),
      wish(2, 4),
      wish(2, 2),
      wish(2, 1),
      wish(1, 8),
      wish(1, 4),
      wish(1, 2),
      wish(1, 1),
    ];
    for (const [index, plan] of order.entries()) {
      // A fifth is left for what the engine does not know of.
      const enough = memoryNeed(FAST, plan) / 0.79;
      expect(planMemory(FAST, wish(2, 8), enough)).toEqual(plan);
      const next = order[index + 1];
      const tooLittle = memoryNeed(FAST, plan) / 0.81;
      if (next !== undefined) expect(planMemory(FAST, wish(2, 8), tooLittle)).not.toEqual(plan);
      else expect(() => planMemory(FAST, wish(2, 8), tooLittle)).toThrow(EngineError);
    }
  });

  it('keeps the beams that were asked for', () => {
    expect(planMemory(HUB, wish(4, 8, 5), 2 * GB).beamSize).toBe(5);
  });

  it('plans something exactly where the least that is needed is allowed', () => {
    const { neededBytes } = leastMemory(HUB);
    for (const limit of [neededBytes / 0.81, neededBytes / 0.79]) {
      const { allowedBytes } = leastMemory(HUB, limit);
      const planning = expect(() => planMemory(HUB, wish(2, 4), limit));
      if (neededBytes <= allowedBytes) planning.not.toThrow();
      else planning.toThrow(EngineError);
    }
  });

  it('says how much is missing where nothing fits', () => {
    expect(() => planMemory(LARGE, wish(2, 4), 4 * GB)).toThrow(EngineError);
    expect(() => planMemory(LARGE, wish(2, 4), 4 * GB)).toThrow(
      /^the model needs \d\.\d\d GB of memory; of 4\.00 GB it may use 3\.20$/,
    );
    try {
      planMemory(LARGE, wish(1, 1), 1 * GB);
    } catch (error) {
      expect(error).toMatchObject({ code: 'memory_insufficient' });
    }
  });
});

describe('planBatch', () => {
  const loaded = { workers: 2, batchSize: 4 };
  const needOf = (batchSize: number, beamSize: number, again: number): number =>
    memoryNeed(FAST, { workers: 2, batchSize, beamSize, again });
  const batchIn = (limit: number, first: number, again: number): number =>
    planBatch(FAST, loaded, { first, again }, limit);

  it('gives the rows of a batch to the hypotheses of its windows', () => {
    expect(batchIn(16 * GB, 1, 1)).toBe(4);
    expect(batchIn(16 * GB, 2, 1)).toBe(2);
    expect(batchIn(16 * GB, 5, 1)).toBe(1);
  });

  it('counts what a window that is decoded again needs beside its batch', () => {
    const limit = needOf(4, 1, 1) / 0.8;
    expect(batchIn(limit, 1, 1)).toBe(4);
    expect(batchIn(limit, 1, 6)).toBeLessThan(4);
    expect(needOf(4, 1, 6)).toBeGreaterThan(needOf(4, 1, 4));
  });

  it('refuses what does not fit', () => {
    expect(() => batchIn(needOf(1, 1, 1) / 0.8, 1, 20)).toThrow(EngineError);
  });
});

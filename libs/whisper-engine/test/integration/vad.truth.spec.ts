import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InferenceSession } from 'onnxruntime-node';
import { openSession } from '../../src/model/onnx-session.js';
import { SileroVad } from '../../src/vad/silero-vad.js';
import { SpeechSpans } from '../../src/vad/speech-spans.js';
import { truth } from '../truths/truth.js';
import { VAD_PATH, clip, sample, silence } from './engine.fixture.js';

const RATE = 16_000;

interface Vad {
  samples: number;
  probabilities: number[];
  spans: {
    name: string;
    onset: number;
    offset: number;
    minSilenceMs: number;
    minSpeechMs: number;
    padMs: number;
    /** Seconds, or null without a limit. */
    longest: number | null;
    spans: [number, number][];
  }[];
}

const recorded = truth('vad') as Vad;

/** As record.py puts it together. */
function recording(): Float32Array {
  const short = clip('en/librivox_0880.wav');
  const parts = [silence(1), sample(), silence(0.25), short, silence(0.5), short, silence(5)];
  parts.push(...Array.from({ length: 6 }, () => sample()), silence(2));
  const audio = new Float32Array(recorded.samples);
  let at = 0;
  for (const part of parts) {
    audio.set(part, at);
    at += part.length;
  }
  return audio;
}

let graph: InferenceSession;

beforeAll(async () => {
  graph = await openSession(VAD_PATH, 1);
});

afterAll(() => graph.release());

describe('the speech of a recording', () => {
  it('has the probabilities that faster-whisper gives it, in blocks of any size', async () => {
    const audio = recording();
    for (const block of [audio.length, 512 * 100]) {
      const vad = new SileroVad(graph);
      const found: number[] = [];
      for (let at = 0; at < audio.length; at += block) {
        found.push(...(await vad.probabilities(audio.subarray(at, at + block))));
      }
      expect(found).toHaveLength(recorded.probabilities.length);
      found.forEach((value, step) => {
        expect(Math.abs(value - (recorded.probabilities[step] ?? NaN))).toBeLessThan(1e-3);
      });
    }
  });

  it.each(recorded.spans)('lies where faster-whisper finds it: $name', ({ longest, spans, ...options }) => {
    const limit = longest === null ? Infinity : longest * RATE;
    const finder = new SpeechSpans(limit, options);
    const found = finder.push(Float32Array.from(recorded.probabilities));
    found.push(...finder.finish(recorded.samples));
    expect(found.map(({ start, end }) => [start, end])).toEqual(spans);
  });
});

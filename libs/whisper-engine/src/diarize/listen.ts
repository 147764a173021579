import { throwIfAborted, type StopFlag } from '../errors.js';
import type { DiarizerGraphs } from './diarizer-graphs.js';
import { centre, normalised, packEmbedding } from './embedding.js';
import { HOP_SAMPLES, WINDOW_SAMPLES } from './frames.js';
import type { HeardVoice, HeardWindow } from './heard-window.js';
import { speakerCount } from './powerset.js';
import { FEATURE_HOP, frameOfFeature, localVoices } from './window-voices.js';

/** Samples of a frame of features. */
const FEATURE_SAMPLES = 400;

/** Who is heard in windows that begin a hop apart, and the embeddings of their voices. */
export async function listen(
  graphs: DiarizerGraphs,
  samples: Float32Array,
  windows: number,
  stop: StopFlag,
): Promise<HeardWindow[]> {
  const active = await graphs.segment(samples, windows);
  const heard: HeardWindow[] = [];
  for (const [window, speakers] of active.entries()) {
    throwIfAborted(stop);
    const from = window * HOP_SAMPLES;
    const part = samples.subarray(from, from + WINDOW_SAMPLES);
    const voices: HeardVoice[] = [];
    const features = speakers.some((bits) => bits !== 0) ? await featuresOf(graphs, part) : [];
    for (const voice of localVoices(speakers, features.length)) {
      throwIfAborted(stop);
      const rows = voice.features.flatMap((index) => features[index] ?? []);
      const embedding = packEmbedding(await graphs.embed(rows));
      voices.push({ speaker: voice.speaker, frames: voice.frames, embedding });
    }
    heard.push({ active: speakers, voices });
  }
  return heard;
}

const featuresOf = async (graphs: DiarizerGraphs, samples: Float32Array): Promise<Float32Array[]> =>
  samples.length < FEATURE_SAMPLES ? [] : graphs.features(samples);

/** Frames of features that a voice takes at least: 0.25 s. */
const FEWEST_ROWS = 25;
/** 10 s: what is embedded at once. */
const STRETCH = WINDOW_SAMPLES / FEATURE_HOP;

/** The embedding of the one voice of a recording, of the frames in which one person is heard; null where there are too few. */
export async function embedVoice(
  graphs: DiarizerGraphs,
  samples: Float32Array,
  stop: StopFlag,
): Promise<Float32Array | null> {
  const rows: Float32Array[] = [];
  for (let from = 0; from < samples.length; from += WINDOW_SAMPLES) {
    throwIfAborted(stop);
    const part = samples.subarray(from, from + WINDOW_SAMPLES);
    const [active = new Uint8Array()] = await graphs.segment(part, 1);
    const features = await featuresOf(graphs, part);
    rows.push(...features.filter((_, index) => speakerCount(active[frameOfFeature(index)]) === 1));
  }
  const stretches: { values: Float32Array; weight: number }[] = [];
  for (let from = 0; from + FEWEST_ROWS <= rows.length; from += STRETCH) {
    throwIfAborted(stop);
    const stretch = rows.slice(from, from + STRETCH);
    stretches.push({ values: normalised(await graphs.embed(stretch)), weight: stretch.length });
  }
  return stretches.length === 0 ? null : centre(stretches);
}

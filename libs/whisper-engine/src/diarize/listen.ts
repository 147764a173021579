import { throwIfAborted, type StopFlag } from '../errors.js';
import type { DiarizerGraphs } from './diarizer-graphs.js';
import { centre, normalised, packEmbedding } from './embedding.js';
import {
  FEATURE_HOP,
  HOP_FRAMES,
  HOP_SAMPLES,
  WINDOW_FRAMES,
  WINDOW_SAMPLES,
  featuresOfFrame,
  sampleOfFrame,
  type Block,
} from './frames.js';
import type { HeardPiece } from './heard-piece.js';
import { cutPieces, type Piece } from './pieces.js';
import { speakerCount } from './powerset.js';
import { joinWindows } from './tracks.js';

/** Samples of a frame of features. */
const FEATURE_SAMPLES = 400;
/** Frames of features that an embedding takes at least: 0.25 s. */
const FEWEST_FEATURES = 25;

/**
 * Who is heard in a block, in pieces with the embeddings of their voices.
 * @param samples from the first window of the block on
 */
export async function listen(
  graphs: DiarizerGraphs,
  block: Block,
  samples: Float32Array,
  stop: StopFlag,
): Promise<HeardPiece[]> {
  const windows: Uint8Array[] = [];
  const count = block.endWindow - block.firstWindow;
  for (let window = 0; window < count; window++) {
    throwIfAborted(stop);
    windows.push(await graphs.segment(samples.subarray(window * HOP_SAMPLES)));
  }
  const { active } = joinWindows(windows);
  const origin = block.firstWindow * HOP_FRAMES;
  const to = count * HOP_FRAMES + (block.last ? WINDOW_FRAMES - HOP_FRAMES : 0);
  const pieces = cutPieces(active, block.firstFrame - origin, to);
  const heard: HeardPiece[] = [];
  for (const piece of pieces) {
    throwIfAborted(stop);
    heard.push({
      start: piece.start + origin,
      end: piece.end + origin,
      track: piece.track,
      frames: piece.clear ? piece.alone.length : 0,
      embedding: await embedPiece(graphs, piece, samples),
    });
  }
  return heard;
}

async function embedPiece(
  graphs: DiarizerGraphs,
  piece: Piece,
  samples: Float32Array,
): Promise<Int8Array | null> {
  const rows = await rowsOf(graphs, piece.alone, samples);
  return rows.length < FEWEST_FEATURES ? null : packEmbedding(await graphs.embed(rows));
}

/** The rows of features in some frames of samples. */
async function rowsOf(
  graphs: DiarizerGraphs,
  frames: readonly number[],
  samples: Float32Array,
): Promise<Float32Array[]> {
  const [first] = featuresOfFrame(frames[0] ?? 0);
  const [, end] = featuresOfFrame(frames.at(-1) ?? 0);
  const part = samples.slice(first * FEATURE_HOP, (end - 1) * FEATURE_HOP + FEATURE_SAMPLES);
  if (part.length < FEATURE_SAMPLES) return [];
  const rows = await graphs.features(part);
  return frames.flatMap((frame) => {
    const [from, to] = featuresOfFrame(frame);
    return rows.slice(from - first, to - first);
  });
}

/** The embedding of the one voice of a recording, of the frames in which one person is heard and speaks; null where there are too few. */
export async function embedVoice(
  graphs: DiarizerGraphs,
  samples: Float32Array,
  stop: StopFlag,
): Promise<Float32Array | null> {
  const speech = await graphs.findSpeech(samples);
  const isSpeech = (sample: number): boolean =>
    speech.some(({ speechStart, speechEnd }) => speechStart <= sample && sample < speechEnd);
  const stretches: { values: Float32Array; weight: number }[] = [];
  for (let from = 0; from < samples.length; from += WINDOW_SAMPLES) {
    throwIfAborted(stop);
    const part = samples.subarray(from, from + WINDOW_SAMPLES);
    const active = await graphs.segment(part);
    const frames = [...active.keys()].filter(
      (frame) => speakerCount(active[frame]) === 1 && isSpeech(from + sampleOfFrame(frame)),
    );
    const rows = await rowsOf(graphs, frames, part);
    if (rows.length < FEWEST_FEATURES) continue;
    stretches.push({ values: normalised(await graphs.embed(rows)), weight: rows.length });
  }
  return stretches.length === 0 ? null : centre(stretches);
}

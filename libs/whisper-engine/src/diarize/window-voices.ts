import { FRAME_SAMPLES, LOCAL_SPEAKERS, WINDOW_FRAMES, frameAt } from './frames.js';
import { isAlone } from './powerset.js';

/** Samples from a frame of features to the next, and up to the middle of the first. */
export const FEATURE_HOP = 160;
const FEATURE_MIDDLE = 200;
/** Values of a frame of features. */
export const FEATURE_BINS = 80;
/** Voices that are heard alone for less than 0.25 s in a window are not told apart: the embedding of so little says nothing. */
const FEWEST_FEATURES = 25;
/** An embedding of more frames would hardly be a better one: 3.5 s. */
const MOST_FEATURES = 350;

/** Frame of segmentation that a frame of features lies in. */
export const frameOfFeature = (feature: number): number => frameAt(feature * FEATURE_HOP + FEATURE_MIDDLE);

/** What is heard of one speaker of a window, alone. */
export interface LocalVoice {
  /** In the window, from 0. */
  speaker: number;
  /** Frames of features that are taken for the embedding, in order. */
  features: number[];
  /** Frames of segmentation in which this speaker is heard alone. */
  frames: number;
}

/**
 * The features from which the voice of each speaker of a window can be told: those of frames in which nobody else is heard. Of many
 * those nearest to the middle of the window, where the segmentation is surest.
 * @param active speakers of each frame, as bits
 * @param count frames of features that the window has
 */
export function localVoices(active: Uint8Array, count: number): LocalVoice[] {
  const voices: LocalVoice[] = [];
  for (let speaker = 0; speaker < LOCAL_SPEAKERS; speaker++) {
    const features: number[] = [];
    for (let feature = 0; feature < count; feature++) {
      if (isAlone(active[frameOfFeature(feature)], speaker)) features.push(feature);
    }
    if (features.length < FEWEST_FEATURES) continue;
    const frames = active.reduce((sum, speakers) => sum + (isAlone(speakers, speaker) ? 1 : 0), 0);
    voices.push({ speaker, features: nearestToMiddle(features), frames });
  }
  return voices;
}

function nearestToMiddle(features: number[]): number[] {
  if (features.length <= MOST_FEATURES) return features;
  const middle = (WINDOW_FRAMES * FRAME_SAMPLES) / FEATURE_HOP / 2;
  const after = features.findIndex((feature) => feature >= middle);
  const from = Math.min(
    Math.max(0, (after < 0 ? features.length : after) - MOST_FEATURES / 2),
    features.length - MOST_FEATURES,
  );
  return features.slice(from, from + MOST_FEATURES);
}

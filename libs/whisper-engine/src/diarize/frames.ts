import { SAMPLE_RATE } from '../audio/sample-rate.js';

/** Samples of what the segmentation looks at at once: 10 s. */
export const WINDOW_SAMPLES = 10 * SAMPLE_RATE;
/** Frames that it tells of in a window. */
export const WINDOW_FRAMES = 589;
/** Samples from a frame to the next: 16.9 ms. */
export const FRAME_SAMPLES = 270;
/** Sample in the middle of the first frame: a frame sees 991 samples. */
const FRAME_MIDDLE = 495;
/** Frames from a window to the next: 3.4 s, so that each moment is looked at about three times, in different surroundings. */
export const HOP_FRAMES = 200;
export const HOP_SAMPLES = HOP_FRAMES * FRAME_SAMPLES;
/** Speakers that a window tells apart. */
export const LOCAL_SPEAKERS = 3;

/** Windows of a recording: one at least, and as many more as begin before what the ones before have not seen. */
export function windowCount(samples: number): number {
  if (samples === 0) return 0;
  return 1 + Math.max(0, Math.ceil((samples - WINDOW_SAMPLES) / HOP_SAMPLES));
}

/** Seconds at which a frame begins to stand for what is heard, counted from the first frame of the audio. */
export const secondsOfFrame = (frame: number): number =>
  Math.max(0, (frame * FRAME_SAMPLES + FRAME_MIDDLE - FRAME_SAMPLES / 2) / SAMPLE_RATE);

/** Frame of a window whose middle is nearest to a sample of the window. */
export function frameAt(sample: number): number {
  const frame = Math.round((sample - FRAME_MIDDLE) / FRAME_SAMPLES);
  return Math.min(WINDOW_FRAMES - 1, Math.max(0, frame));
}

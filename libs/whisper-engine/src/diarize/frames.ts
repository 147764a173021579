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
/** Windows that reach into a window from before it. */
const WINDOWS_BEFORE = Math.ceil(WINDOW_FRAMES / HOP_FRAMES) - 1;
/** Windows of a block, which is worked on by itself: 30 s. */
const BLOCK_WINDOWS = 9;
/** Speakers that a window tells apart. */
export const LOCAL_SPEAKERS = 3;

/** Samples from a frame of features to the next, and up to the middle of the first. */
export const FEATURE_HOP = 160;
const FEATURE_MIDDLE = 200;

/** What a worker works on: a stretch of a recording, with the windows that look at it. */
export interface Block {
  /** First window that looks at it. */
  firstWindow: number;
  /** Behind the last. */
  endWindow: number;
  /** First frame that the block decides on; those up to the next block, or to the end of the recording, are its own. */
  firstFrame: number;
  /** Whether the recording ends with it. */
  last: boolean;
}

/** The block of a number, as it is where the recording goes on behind it. */
export function blockOf(number: number): Block {
  const first = number * BLOCK_WINDOWS;
  return {
    firstWindow: Math.max(0, first - WINDOWS_BEFORE),
    endWindow: first + BLOCK_WINDOWS,
    firstFrame: first * HOP_FRAMES,
    last: false,
  };
}

/** Windows of a recording: one at least, and as many more as begin before what the ones before have not seen. */
export function windowCount(samples: number): number {
  if (samples === 0) return 0;
  return 1 + Math.max(0, Math.ceil((samples - WINDOW_SAMPLES) / HOP_SAMPLES));
}

/** Second at which a frame begins to stand for what is heard, counted from the first frame of the audio. */
export const secondsOfFrame = (frame: number): number =>
  Math.max(0, (frame * FRAME_SAMPLES + FRAME_MIDDLE - FRAME_SAMPLES / 2) / SAMPLE_RATE);

/** Sample in the middle of a frame. */
export const sampleOfFrame = (frame: number): number => frame * FRAME_SAMPLES + FRAME_MIDDLE;

/** Frames of features whose middle lies in a frame: the first, and the one behind the last. */
export function featuresOfFrame(frame: number): [number, number] {
  const first = (at: number): number =>
    Math.max(
      0,
      Math.ceil((at * FRAME_SAMPLES + FRAME_MIDDLE - FRAME_SAMPLES / 2 - FEATURE_MIDDLE) / FEATURE_HOP),
    );
  return [first(frame), first(frame + 1)];
}

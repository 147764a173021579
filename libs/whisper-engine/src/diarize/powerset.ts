import { LOCAL_SPEAKERS } from './frames.js';

/** Speakers of a class, as bits: nobody, each of three, each pair of them. The order is that of pyannote's powerset. */
const CLASS_SPEAKERS = [0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110];
export const CLASSES = CLASS_SPEAKERS.length;

/**
 * The most probable speakers of each frame, as bits.
 * @param classes probabilities [frames, 7]
 */
export function activeSpeakers(classes: Float32Array): Uint8Array {
  return Uint8Array.from({ length: classes.length / CLASSES }, (_, frame) => {
    let best = 0;
    for (let other = 1; other < CLASSES; other++) {
      if ((classes[frame * CLASSES + other] ?? 0) > (classes[frame * CLASSES + best] ?? 0)) best = other;
    }
    return CLASS_SPEAKERS[best] ?? 0;
  });
}

export const isActive = (speakers: number | undefined, speaker: number): boolean =>
  ((speakers ?? 0) & (1 << speaker)) !== 0;

/** Frames in which a speaker is heard and nobody else is. */
export const isAlone = (speakers: number | undefined, speaker: number): boolean => speakers === 1 << speaker;

/** How many speak in a frame. */
export function speakerCount(speakers: number | undefined): number {
  let count = 0;
  for (let speaker = 0; speaker < LOCAL_SPEAKERS; speaker++) if (isActive(speakers, speaker)) count++;
  return count;
}

import { SAMPLE_RATE } from '../audio/sample-rate.js';
import { cutPieces, type Piece } from './time-map.js';
import type { SpeechWindow } from './window-packer.js';

/** Halves of a shorter window would hold too little for the model to go by. */
const SHORTEST = 6 * SAMPLE_RATE;
/** The part of a window in which it may be cut. */
const FROM = 0.3;
const TO = 0.7;
/** Loudness is compared over 0.1 s. */
const STEP = SAMPLE_RATE / 10;

/** Two windows out of one, cut at the joint of two pieces that is nearest to the middle, or else where it is quietest; null for a short window. */
export function splitWindow(window: SpeechWindow): [SpeechWindow, SpeechWindow] | null {
  const { pieces, samples } = window;
  if (samples.length < SHORTEST) return null;
  const cut = middleJoint(pieces, samples.length) ?? quietest(samples);
  const end = samples.length;
  return [part(window, 0, cut), part(window, cut, end)];
}

function middleJoint(pieces: readonly Piece[], length: number): number | null {
  let best: number | null = null;
  for (const { inWindow } of pieces) {
    if (inWindow < FROM * length || inWindow > TO * length) continue;
    if (best === null || Math.abs(inWindow - length / 2) < Math.abs(best - length / 2)) best = inWindow;
  }
  return best;
}

function quietest(samples: Float32Array): number {
  let best = Math.floor(samples.length / 2);
  let least = Infinity;
  const from = Math.floor(samples.length * FROM);
  for (let at = from; at + STEP <= samples.length * TO; at += STEP) {
    const energy = samples.subarray(at, at + STEP).reduce((sum, value) => sum + value * value, 0);
    if (energy < least) {
      least = energy;
      best = at + STEP / 2;
    }
  }
  return best;
}

function part({ pieces, samples }: SpeechWindow, from: number, to: number): SpeechWindow {
  return { pieces: cutPieces(pieces, from, to), samples: samples.subarray(from, to) };
}

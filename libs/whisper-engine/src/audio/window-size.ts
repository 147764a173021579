import { SAMPLE_RATE } from './sample-rate.js';

/** The encoder always sees this much, 30 s: shorter windows end in silence, or the text tends to loop at its end. */
export const WINDOW_SAMPLES = 30 * SAMPLE_RATE;

/** What the encoder makes of it. */
export const WINDOW_FRAMES = 1500;

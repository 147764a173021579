import { EngineError } from '../errors.js';
import type { SpeakerLimits } from './cluster-voices.js';
import type { DiarizeOptions } from './diarization.js';

/** People that a recording has at most unless it is said: more are rarely there, and voices in noise look like it. */
const MOST_SPEAKERS = 20;
const LARGEST_LIMIT = 100;

/** @throws EngineError `option_invalid` for numbers that cannot be, or not together */
export function readSpeakerLimits({ numSpeakers, minSpeakers, maxSpeakers }: DiarizeOptions): SpeakerLimits {
  for (const [name, value] of Object.entries({ numSpeakers, minSpeakers, maxSpeakers })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= LARGEST_LIMIT)) {
      throw new EngineError('option_invalid', `${name} is a whole number from 1 to ${LARGEST_LIMIT}`);
    }
  }
  const least = numSpeakers ?? minSpeakers ?? 1;
  const most = numSpeakers ?? maxSpeakers ?? Math.max(MOST_SPEAKERS, least);
  if (least < (minSpeakers ?? 1) || most > (maxSpeakers ?? LARGEST_LIMIT) || least > most) {
    throw new EngineError('option_invalid', 'numSpeakers, minSpeakers and maxSpeakers contradict each other');
  }
  return { least, most };
}
